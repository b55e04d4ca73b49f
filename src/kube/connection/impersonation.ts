/** Act as somebody else, as far as RBAC allows it (`impersonate`). */
export interface Impersonation {
  user: string;
  uid?: string | undefined;
  groups?: readonly string[] | undefined;
  /** Further facts about the user; each may have several values. */
  extra?: Readonly<Record<string, readonly string[]>> | undefined;
}

export type HeaderMap = Readonly<Record<string, string | readonly string[]>>;

/** Several values are several headers: the server does not split at commas. */
export function impersonationHeaders(impersonation: Impersonation | undefined): HeaderMap {
  if (!impersonation) return {};
  const { user, uid, groups = [], extra = {} } = impersonation;
  const extras = Object.entries(extra).map(([key, values]) => [`impersonate-extra-${encodeKey(key)}`, values] as const);
  return {
    'impersonate-user': user,
    ...(uid !== undefined && { 'impersonate-uid': uid }),
    ...(groups.length > 0 && { 'impersonate-group': groups }),
    ...Object.fromEntries(extras),
  };
}

/** Keys such as `example.com/team` are no header names: the server decodes percent signs. */
function encodeKey(key: string): string {
  return encodeURIComponent(key.toLowerCase()).replace(/[()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
}

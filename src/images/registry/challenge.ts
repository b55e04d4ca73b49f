/** What a registry asks for with a 401. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | undefined };

const parameter = /([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/gi;

/** Reads `www-authenticate`. Bearer first: a registry that knows both wants passwords at its token service. */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const [, bearer] = /(?:^|,)\s*bearer\s+(.*)$/is.exec(header ?? '') ?? [];
  if (bearer !== undefined) {
    const found = new Map(
      [...bearer.matchAll(parameter)].map(([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare]),
    );
    const realm = found.get('realm');
    return realm === undefined ? undefined : { scheme: 'bearer', realm, service: found.get('service') };
  }
  return /(?:^|,)\s*basic\b/i.test(header ?? '') ? { scheme: 'basic' } : undefined;
}

const escaped = /[<>&\u2028\u2029]/g;

/**
 * JSON with the escapes of the API server's own: some fields are kept byte by byte, and what it writes again in its own
 * way, for a change of a label, would count as changed.
 */
export function bodyOf(value: object): string {
  return JSON.stringify(value).replace(escaped, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

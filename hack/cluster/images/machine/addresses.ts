/** False for an address that carries a user name or password: those are never copied into an image. */
export function isFreeOfCredentials(text: string): boolean {
  return !/\/\/[^/\s@]*@/.test(text);
}

/** One value of a Secret's `data`. A value made with an editor ends with a line break that nobody means; empty is absent. */
export function secretText(data: Readonly<Record<string, string>>, key: string): string | undefined {
  if (!Object.hasOwn(data, key)) return undefined;
  const value = Buffer.from(data[key] ?? '', 'base64')
    .toString('utf8')
    .trim();
  return value === '' ? undefined : value;
}

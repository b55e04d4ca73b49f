/**
 * The ways in which a text can stand in another: as it is, in hex, and in base64 at each of the three offsets that it can
 * have inside a larger text (`user:password` in an Authorization header). Letters and digits only, so that URL and JSON
 * forms are the text itself.
 */
export function formsOf(text: string): ReadonlyMap<string, string> {
  const forms = new Map([
    ['plain', text],
    ['hex', Buffer.from(text).toString('hex')],
  ]);
  for (const offset of [0, 1, 2]) forms.set(`base64 at offset ${offset}`, base64Within(text, offset));
  return forms;
}

/** What of the base64 of `offset` unknown bytes and `text` does not depend on the bytes around it. */
function base64Within(text: string, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
  const firstWhole = Math.ceil((offset * 8) / 6);
  const lastWhole = Math.floor(((offset + text.length) * 8) / 6);
  return encoded.slice(firstWhole, lastWhole);
}

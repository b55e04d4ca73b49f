export const redacted = '[redacted]';

/** Shorter ones would blot out ordinary words. A credential of this length protects nothing anyway. */
const shortest = 4;
const mostValues = 4096;

/** `https://user:password@host`, planted or not: git and databases put whole URLs into their errors. */
const urlCredential = /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@"'<>\\]{1,1024}@/gi;
const bearer = /(\bBearer\s{1,4})[\w.~+/=-]{8,}/gi;

/** Takes known secret values out of text, wherever they turn up: messages, stacks, errors of libraries, events. */
export class Redactor {
  private readonly forms = new Map<string, readonly string[]>();
  private pattern: RegExp | undefined;

  /**
   * Plants a value. Call it when a credential is read, before its first use. Its base64, URL and JSON forms are found
   * too; a value that is part of a larger base64 text is not, so that a whole `user:password` is planted beside the
   * password. Beyond 4,096 values the one that was planted first is forgotten.
   */
  add(value: string): void {
    if (value.length < shortest) return;
    this.forms.delete(value);
    this.forms.set(value, formsOf(value));
    if (this.forms.size > mostValues) this.forms.delete(this.forms.keys().next().value ?? '');
    this.pattern = undefined;
  }

  /** Forgets a value that is no longer valid. */
  remove(value: string): void {
    this.forms.delete(value);
    this.pattern = undefined;
  }

  text(text: string): string {
    const shaped = text.replace(urlCredential, `$1${redacted}@`).replace(bearer, `$1${redacted}`);
    if (this.forms.size === 0) return shaped;
    this.pattern ??= patternOf([...this.forms.values()].flat());
    return shaped.replace(this.pattern, redacted);
  }
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  return [
    ...new Set([value, json, JSON.stringify(json).slice(1, -1), base64, bytes.toString('base64url'), url(value)]),
  ];
}

/** A lone surrogate has no URL form. */
function url(value: string): string {
  return value.isWellFormed() ? encodeURIComponent(value) : value;
}

/** The longest first, so that a value that begins another does not leave its end behind. */
function patternOf(forms: string[]): RegExp {
  const longestFirst = forms.sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((form) => form.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('|'), 'g');
}

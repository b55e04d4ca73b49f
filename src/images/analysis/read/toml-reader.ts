type Table = Record<string, unknown>;

const maxDepth = 32;
const escapes: Record<string, string> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', '"': '"', '\\': '\\' };

/**
 * Reads TOML as manifests have it. Numbers and dates stay text: nothing here calculates. Two tables of the same name are
 * merged instead of refused. Tables have no prototype, so no key of a file can reach one.
 */
export class TomlReader {
  private readonly text: string;
  private place = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): Table {
    const root = newTable();
    let table = root;
    for (this.skip(); this.place < this.text.length; this.skip()) {
      if (this.takes('[[')) {
        const path = this.keys();
        this.expect(']]');
        table = newTable();
        const last = path.pop() ?? '';
        const list = (childOf(root, path)[last] ??= []) as unknown[];
        if (!Array.isArray(list)) throw this.problem('a table stands where a list of tables begins');
        list.push(table);
      } else if (this.takes('[')) {
        table = childOf(root, this.keys());
        this.expect(']');
      } else this.pair(table, 0);
    }
    return root;
  }

  private pair(table: Table, depth: number): void {
    const path = this.keys();
    this.expect('=');
    const last = path.pop() ?? '';
    childOf(table, path)[last] = this.value(depth);
  }

  private keys(): string[] {
    const path = [this.key()];
    for (this.blanks(); this.takes('.'); this.blanks()) path.push(this.key());
    if (path.length > maxDepth) throw this.problem('a key has too many parts');
    return path;
  }

  private key(): string {
    this.blanks();
    const quote = this.text[this.place];
    if (quote === '"' || quote === "'") return this.string(quote);
    return this.match(/[\w-]+/y, 'a key');
  }

  private value(depth: number): unknown {
    if (depth > maxDepth) throw this.problem('values are nested too deep');
    this.blanks();
    const next = this.text[this.place];
    if (next === '"' || next === "'") return this.string(next);
    if (this.takes('[')) return this.array(depth);
    if (this.takes('{')) return this.inlineTable(depth);
    const word = this.match(/[^\s,\]}#]+/y, 'a value');
    return word === 'true' ? true : word === 'false' ? false : word;
  }

  private array(depth: number): unknown[] {
    const list: unknown[] = [];
    for (this.skip(); !this.takes(']'); this.skip()) {
      list.push(this.value(depth + 1));
      this.skip();
      if (!this.takes(',') && this.text[this.place] !== ']') throw this.problem('a list has no end');
    }
    return list;
  }

  private inlineTable(depth: number): Table {
    const table = newTable();
    for (this.skip(); !this.takes('}'); this.skip()) {
      this.pair(table, depth + 1);
      this.skip();
      if (!this.takes(',') && this.text[this.place] !== '}') throw this.problem('a table has no end');
    }
    return table;
  }

  private string(quote: '"' | "'"): string {
    const long = quote.repeat(3);
    const mark = this.text.startsWith(long, this.place) ? long : quote;
    this.place += mark.length;
    let end = this.text.indexOf(mark, this.place);
    const isEnd = quote === "'" ? () => true : () => !isEscaped(this.text, end);
    while (end >= 0 && !isEnd()) end = this.text.indexOf(mark, end + 1);
    if (end < 0) throw this.problem('a text has no end');
    const content = this.text.slice(this.place, end);
    this.place = end + mark.length;
    return quote === "'" ? content : content.replaceAll(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter);
  }

  private match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw this.problem(`${what} is missing`);
    this.place += found.length;
    return found;
  }

  private blanks(): void {
    while (this.text[this.place] === ' ' || this.text[this.place] === '\t') this.place += 1;
  }

  /** White space, line ends and comments. */
  private skip(): void {
    for (;;) {
      const next = this.text[this.place];
      if (next === '#') {
        const end = this.text.indexOf('\n', this.place);
        this.place = end < 0 ? this.text.length : end;
      } else if (next !== undefined && /\s/.test(next)) this.place += 1;
      else return;
    }
  }

  private takes(mark: string): boolean {
    if (!this.text.startsWith(mark, this.place)) return false;
    this.place += mark.length;
    return true;
  }

  private expect(mark: string): void {
    this.blanks();
    if (!this.takes(mark)) throw this.problem(`"${mark}" is missing`);
  }

  private problem(what: string): SyntaxError {
    return new SyntaxError(`line ${this.text.slice(0, this.place).split('\n').length}: ${what}`);
  }
}

function newTable(): Table {
  return Object.create(null) as Table;
}

/** Makes what is missing; of a list of tables it is the last one. */
function childOf(table: Table, path: readonly string[]): Table {
  return path.reduce<Table>((parent, key) => {
    const child = (parent[key] ??= newTable());
    const next: unknown = Array.isArray(child) ? child.at(-1) : child;
    if (typeof next !== 'object' || next === null) throw new SyntaxError(`"${key.slice(0, 60)}" is no table`);
    return next as Table;
  }, table);
}

function isEscaped(text: string, place: number): boolean {
  let slashes = 0;
  while (text[place - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

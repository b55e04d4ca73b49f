export interface Element {
  /** Names from the root, joined by `/`. */
  readonly path: string;
  readonly attributes: string;
  readonly text: string;
}

const maxElements = 20_000;
const maxDepth = 64;

interface Open {
  readonly name: string;
  readonly attributes: string;
  text: string;
}

/**
 * The elements of a document in the order of their ends, without entities and namespaces: enough for pom.xml and project
 * files. What is not well formed gives fewer elements, never an error. Each character is looked at a fixed number of times.
 */
export function xmlElements(document: string): Element[] {
  const elements: Element[] = [];
  const open: Open[] = [];
  for (let place = 0; elements.length < maxElements && open.length <= maxDepth; ) {
    const start = document.indexOf('<', place);
    const end = start < 0 ? -1 : endOf(document, start);
    if (end < 0) break;
    const parent = open.at(-1);
    if (parent !== undefined) parent.text += document.slice(place, start).trim();
    const closed = tagMet(document.slice(start + 1, end), open);
    if (closed !== undefined) elements.push(closed);
    place = end + 1;
  }
  return elements;
}

/** Keeps `open`, and gives the element that ends here. */
function tagMet(tag: string, open: Open[]): Element | undefined {
  if (tag.startsWith('!') || tag.startsWith('?')) return undefined;
  const path = open.map(({ name }) => name).join('/');
  if (tag.startsWith('/')) {
    const element = open.pop();
    return element && { path, attributes: element.attributes, text: element.text };
  }
  const name = tag.split(/[\s/]/, 1)[0] ?? '';
  const attributes = tag.slice(name.length, tag.endsWith('/') ? -1 : undefined).trim();
  if (tag.endsWith('/')) return { path: `${path}/${name}`, attributes, text: '' };
  open.push({ name, attributes, text: '' });
  return undefined;
}

/** The `>` that ends what begins here. */
function endOf(document: string, start: number): number {
  if (document.startsWith('<!--', start)) {
    const end = document.indexOf('-->', start + 4);
    return end < 0 ? -1 : end + 2;
  }
  return document.indexOf('>', start);
}

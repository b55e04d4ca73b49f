import { blocksOf, spansOf } from './pages.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Names in a page that nothing answers to, each of which would send its reader looking in vain. */
export function unknownNames(text: string, vocabulary: Vocabulary): string[] {
  return [
    ...unknownFields(text, vocabulary),
    ...unknownWords(text, vocabulary),
    ...unknownMetrics(text, vocabulary),
    ...unknownMarks(text, vocabulary),
  ];
}

/** Paths below spec and status wherever they stand; others where the name in front is one of a field. */
function unknownFields(text: string, { fields }: Vocabulary): string[] {
  const whole = [...namesIn(text).matchAll(/(?<![\w/-])(?:spec|status)(?:\.[A-Za-z]+(?:\[[\d*]*\])?)+/g)];
  const roots = whole.map(([path]) => path).filter((path) => !fields.has(plain(path)));
  const parts = new Set([...fields].flatMap((path) => path.split('.')));
  const dotted = spansOf(text).filter((span) => /^[a-z][A-Za-z]*(\.[a-z][A-Za-z]*)+$/.test(span));
  const short = dotted.filter(
    (span) => !/\.(ts|yaml|json|md|io|dev)$/.test(span) && parts.has(span.split('.')[0] ?? ''),
  );
  const isEnd = (span: string) => [...fields].some((path) => path === span || path.endsWith(`.${span}`));
  return [...roots, ...short.filter((span) => !/^(spec|status)\./.test(span) && !isEnd(span))];
}

function plain(path: string): string {
  return path.replaceAll(/\[[\d*]*\]/g, '');
}

function unknownWords(text: string, { words }: Vocabulary): string[] {
  return spansOf(text).filter((span) => /^[A-Z][a-z]+[A-Za-z]*$/.test(span) && !words.has(span));
}

function unknownMetrics(text: string, { metrics }: Vocabulary): string[] {
  const families = /^(vish|controller_runtime|workqueue|rest_client|kube|events|leader_election)_[a-z_]+$/;
  return spansOf(text).filter((span) => families.test(span) && !metrics.has(span));
}

function unknownMarks(text: string, { marks }: Vocabulary): string[] {
  const named = [...namesIn(text).matchAll(/(?<![\w.])vish\.dev\/[a-z0-9-]*[a-z0-9]/g)].map(([mark]) => mark);
  return named.filter((mark) => !marks.has(mark));
}

/** Everything that is meant literally. */
function namesIn(text: string): string {
  return [...spansOf(text), ...blocksOf(text, 'sh'), ...blocksOf(text, 'yaml')].join('\n');
}

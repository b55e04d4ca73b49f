import { expect, it } from 'vitest';
import { commandsOf, writtenPages } from './pages.ts';
import { readVocabulary } from './vocabulary.ts';
import { unknownNames } from './words.ts';

const vocabulary = readVocabulary();

it.each(writtenPages())('$file names only fields, reasons, metrics and annotations that exist', ({ text }) => {
  expect(unknownNames(text, vocabulary)).toEqual([]);
});

it.each([
  ['a field', '`spec.paussed`', 'spec.paussed'],
  ['a field below one that is there', '`status.failure.reason`', 'status.failure.reason'],
  ['a field without its beginning', '`workload.ports`', 'workload.ports'],
  ['a setting', '`builds.builder`', 'builds.builder'],
  [
    'a field in a command',
    "```sh\nkubectl get vd a -o jsonpath='{.status.histori[0].number}'\n```",
    'status.histori[0].number',
  ],
  ['a reason', '`RollingBackwards`', 'RollingBackwards'],
  ['a metric', '`vish_builds_lost_total`', 'vish_builds_lost_total'],
  ['an annotation', '`vish.dev/undo=1`', 'vish.dev/undo'],
])('finds %s that does not exist', (_, text, name) => {
  expect(unknownNames(text, vocabulary)).toEqual([name]);
});

it.each([
  '`spec.pin`, `status.history[].number`, `status.live.release`',
  '`workload.port`, `strategy.rolling`, `builds.maxConcurrent`, `target.cluster.podTemplatePatch`',
  '`RolledBack`, `BlueGreen`, `ConfigMap`, `KUBECONFIG`',
  '`vish.dev/retry=4`, `workqueue_depth`, `identity.ts`',
])('lets %s pass', (text) => {
  expect(unknownNames(text, vocabulary)).toEqual([]);
});

it('reads commands as a shell would', () => {
  const text = `\`kubectl get vish\`\n\`\`\`sh
kubectl get vd a -o jsonpath='{.a} {.b}'   # why
kubectl wait --for=jsonpath='{.c}'=$(git rev-parse HEAD) vd/a | cat
helm list
\`\`\``;

  expect(commandsOf(text, 'kubectl')).toEqual([
    ['get', 'vd', 'a', '-o', 'jsonpath={.a} {.b}'],
    ['wait', '--for=jsonpath={.c}=$(git rev-parse HEAD)', 'vd/a'],
    ['get', 'vish'],
  ]);
});

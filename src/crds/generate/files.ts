import { stringify } from 'yaml';
import { apiVersion, category, group, type Kind } from '../kind/kind.ts';
import { kinds } from '../kinds.ts';
import { crdOf } from './crd.ts';
import { reasonsPage } from './reasons-page.ts';
import { referencePage, sizeOf } from './reference.ts';

const noteOf = (source: string) => `Generated from ${source} by \`npm run generate\`; change it there.`;

/** Every generated file by its path from the root of the repository. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...kinds.map((kind) => [`config/crd/${kind.plural}.yaml`, crdFile(kind)] as const),
    ...kinds.map((kind) => [`docs/reference/${kind.kind.toLowerCase()}.md`, page(referencePage(kind))] as const),
    ['docs/reference/reasons.md', page(reasonsPage())],
    ['docs/reference/README.md', page(indexPage())],
  ]);
}

function crdFile(kind: Kind): string {
  return `# ${noteOf('src/crds')}\n${stringify(crdOf(kind), { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** A page of the reference, with a word about where it comes from. */
export function page(text: string, source = 'src/crds'): string {
  return `<!-- ${noteOf(source)} -->\n\n${text.trimEnd()}\n`;
}

function indexPage(): string {
  return [
    '# Reference',
    '',
    `The kinds of \`${apiVersion}\`, and every [reason](reasons.md) that their conditions can carry. The operator's own file: [settings](settings.md). What it tells Prometheus: [metrics](metrics.md). What it may do: [permissions](permissions.md).`,
    '',
    '| kind | short | CRD as JSON | what one is |',
    '|---|---|---|---|',
    ...kinds.map(
      (kind) =>
        `| [${kind.kind}](${kind.kind.toLowerCase()}.md) | \`${kind.shortName}\` | ${Math.ceil(sizeOf(kind) / 1000)} kB | ${kind.summary} |`,
    ),
    '',
    '## With kubectl',
    '',
    '| command | works |',
    '|---|---|',
    `| \`kubectl get ${category}\` | yes: every kind of this group |`,
    '| `kubectl get deployments.vish`, `kubectl get vd` | yes: kubectl completes a group by its start |',
    '| `kubectl get deployments` | shows apps/v1, which has the older right to the name |',
    '| `kubectl explain vd.spec.strategy` | yes, from kubectl 1.20 on |',
    `| \`kubectl explain deployments.${group}.spec.strategy\` | with current kubectl; 1.20 takes only the short name |`,
    '| `kubectl explain deployments.vish.spec.strategy` | **no**: explain does not complete a group, and reads `vish` as a field of apps/v1 |',
    '',
    'Fields that are not in these tables are refused by `kubectl apply` (strict field validation).',
    '',
  ].join('\n');
}

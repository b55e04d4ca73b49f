import { page } from '../../src/crds/generate/files.ts';
import { type Place, placeNames, places, type Right, rightsOf, shippedRules } from './rules.ts';

/** What the operator's service account may do, as `kubectl auth can-i --list` says it, each line explained. */
export function permissionsFile(): readonly [string, string] {
  return ['docs/reference/permissions.md', page(permissionsPage(), 'config/rbac')];
}

function permissionsPage(): string {
  return [
    '# Permissions',
    '',
    "What the operator's service account may do, and why. This is what Kubernetes answers:",
    '',
    '```sh',
    'kubectl auth can-i --list --namespace team-a --as system:serviceaccount:vish-system:vish',
    '```',
    '',
    'It shows besides what everybody may who has an account: ask about himself, and read what versions and kinds there are.',
    'Secrets are listed and watched in the build namespaces alone, and by their metadata.',
    '',
    placeNames.map(section).join('\n\n'),
    '',
    '## What the verbs are for',
    '',
    '- `watch` fills a cache and keeps it; `list` does where the API server cannot send the beginning with a watch.',
    '- `create` beside `patch`: the API server asks for it when an apply makes what is not there.',
    '- `delete`: some clusters ask for it before they let anybody set the owner of an object.',
    '',
  ].join('\n');
}

function section(place: Place): string {
  const heading = [`## ${sentence(places[place])}`, ''];
  return heading.concat(table(rightsOf(shippedRules(place)))).join('\n');
}

function table(rights: readonly Right[]): string[] {
  const rows = rights.map(({ resource, name, verbs, why }) => {
    const of = name === '' ? '' : ` \`${name}\``;
    return `| \`${resource}\`${of} | ${verbs.join(', ')} | ${why.join(' ')} |`;
  });
  return ['| resource | verbs | for |', '|---|---|---|', ...rows];
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

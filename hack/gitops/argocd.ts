import { readdir, readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { group } from '../../src/crds/kind/kind.ts';
import { kinds } from '../../src/crds/kinds.ts';

export const argocdFolder = 'config/argocd';

const note = `# Generated from the scripts of this folder by \`npm run generate\`. Applied on the server it adds to what is there:
#   kubectl apply --server-side --field-manager vish -f config/argocd/argocd-cm.yaml
`;

/** What Argo CD has to know of our kinds, as the part of its ConfigMap that says it. */
export async function argocdFile(): Promise<readonly [string, string]> {
  const health = await script('health.lua');
  const actions = stringify(await deploymentActions(), { lineWidth: 0 });
  const data = {
    ...Object.fromEntries(kinds.map(({ kind }) => [`resource.customizations.health.${group}_${kind}`, health])),
    [`resource.customizations.actions.${group}_Deployment`]: actions,
  };
  const labels = { 'app.kubernetes.io/name': 'argocd-cm', 'app.kubernetes.io/part-of': 'argocd' };
  const metadata = { name: 'argocd-cm', namespace: 'argocd', labels };
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  return [`${argocdFolder}/argocd-cm.yaml`, note + stringify(manifest, { lineWidth: 0 })];
}

async function deploymentActions(): Promise<object> {
  const files = (await readdir(`${argocdFolder}/actions`)).sort().filter((file) => file !== 'discovery.lua');
  const definitions = files.map(async (file) => ({
    name: file.replace('.lua', ''),
    'action.lua': await script(`actions/${file}`),
  }));
  return { 'discovery.lua': await script('actions/discovery.lua'), definitions: await Promise.all(definitions) };
}

function script(file: string): Promise<string> {
  return readFile(`${argocdFolder}/${file}`, 'utf8');
}

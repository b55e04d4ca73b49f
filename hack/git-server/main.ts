import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { gitServerManifests, usual } from './manifests.ts';

/** Prints the manifests: `node hack/git-server/main.ts | kubectl apply --server-side -f -`. */
const { values } = parseArgs({
  options: {
    namespace: { type: 'string', default: usual.namespace },
    'node-port': { type: 'string', default: String(usual.nodePort) },
    image: { type: 'string', default: usual.image },
    repository: { type: 'string', default: usual.repository },
  },
});
const { namespace, image, repository } = values;
const manifests = await gitServerManifests({ namespace, image, repository, nodePort: Number(values['node-port']) });
console.log(manifests.map((manifest) => stringify(manifest)).join('---\n'));

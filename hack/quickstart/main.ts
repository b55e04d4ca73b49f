import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { stringify } from 'yaml';
import { clusterFacts } from './facts.ts';
import { makeImages } from './images.ts';
import { chartValues, gitManifests, sampleProject } from './manifests.ts';
import { packageGateway } from './package-gateway.ts';
import { runVisibly } from './run-visibly.ts';
import { files, nextSteps, sampleUrl, steps } from './steps.ts';

await runVisibly([process.execPath, 'hack/cluster/main.ts', 'up']);
const facts = await clusterFacts();
const images = await makeImages(facts.registry);
const gateways = await packageGateway();
await write(files.values, [chartValues(images, facts.registry, { gateways })]);
await write(files.git, await gitManifests());
await write(files.project, [sampleProject(facts.registry)]);

const path = [...facts.folders, process.env['PATH']].join(delimiter);
const env = { ...process.env, KUBECONFIG: facts.kubeconfig, PATH: path };
const url = sampleUrl(facts);
const ask = [
  'curl',
  '--silent',
  '--show-error',
  '--fail',
  '--max-time',
  '10',
  '--retry',
  '10',
  '--retry-all-errors',
  url,
];
for (const { title, commands } of [...steps, { title: 'Ask the app', commands: [ask] }]) {
  console.log(`\n${title}`);
  for (const command of commands) {
    console.log(`  $ ${command.join(' ')}`);
    await runVisibly(command, { env });
  }
}
console.log(`\n${nextSteps(facts, delimiter)}`);

async function write(file: string, documents: readonly object[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, documents.map((document) => stringify(document)).join('---\n'));
}

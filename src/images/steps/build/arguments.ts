import { basename, dirname, join } from 'node:path';
import { imageLabels } from '../../labels.ts';
import type { BuildStepPlan } from '../plans.ts';

export interface BuildPaths {
  /** From the root of the repository. */
  readonly dockerfile: string;
  readonly context: string;
  /** Set for one that was derived, which lies outside of the repository. */
  readonly derived?: { readonly folder: string; readonly summary: string };
}

export function pathsOf({ path, dockerfile = 'Dockerfile', context = path }: BuildStepPlan): BuildPaths {
  return { dockerfile: join(path, dockerfile), context };
}

interface Places {
  readonly repository: string;
  /** Folder of the files that commands may mount. Default: there are none. */
  readonly secrets?: string;
  /** File of the source policy. Absent: the build may reach what its network lets through. */
  readonly policy?: string | undefined;
  /** Absent: as the plan says. */
  readonly paths?: BuildPaths;
}

/** Arguments of `buildctl build`: the repository's files and the operator's settings, no credential, no entitlement. */
export function buildArguments(
  plan: BuildStepPlan,
  { repository, secrets = '', policy, paths = pathsOf(plan) }: Places,
): string[] {
  const { dockerfile, context, derived } = paths;
  const options = {
    filename: derived === undefined ? basename(dockerfile) : 'Dockerfile',
    // As if a frontend had been chosen already: a `# syntax=` line would run an image of the repository's choice with
    // the rights of the builder.
    cmdline: 'dockerfile.v0',
    ...(plan.stage !== undefined && { target: plan.stage }),
    ...(plan.platforms.length > 0 && { platform: plan.platforms.join(',') }),
    ...Object.fromEntries(
      plan.args.filter(({ name }) => !isAttestation(name)).map(({ name, value }) => [`build-arg:${name}`, value]),
    ),
    ...attestations(plan),
    // A command that starts others without end would take the whole node along.
    ulimit: `nproc=${plan.processes}:${plan.processes}`,
    ...Object.fromEntries(Object.entries(plan.labels).map(([name, value]) => [`label:${name}`, value])),
  };
  return [
    '--progress=rawjson',
    '--frontend=dockerfile.v0',
    `--local=context=${join(repository, context)}`,
    `--local=dockerfile=${derived?.folder ?? join(repository, dirname(dockerfile))}`,
    ...(policy === undefined ? [] : ['--proxy-network', `--source-policy-file=${policy}`]),
    ...Object.entries(options).map(([name, value]) => `--opt=${name}=${value}`),
    ...(plan.secrets ?? []).map((id) => `--secret=id=${id},src=${join(secrets, id)}`),
  ];
}

/** BuildKit reads these as attestations: what is attached to an image is not for its repository or its Build to say. */
function isAttestation(name: string): boolean {
  return name.startsWith('BUILDKIT_ATTEST_');
}

/** Provenance without the values of arguments, which only the people of a repository may see. */
function attestations({ attestations: { provenance, sbomGenerator }, labels }: BuildStepPlan): Record<string, string> {
  const source = labels[imageLabels.source];
  return {
    ...(provenance && {
      'attest:provenance': 'mode=min,version=v1',
      ...(source !== undefined && { 'vcs:source': source, 'vcs:revision': labels[imageLabels.revision] ?? '' }),
    }),
    ...(sbomGenerator !== undefined && { 'attest:sbom': `generator=${sbomGenerator}` }),
  };
}

import { hubHost, parseImage } from '../../registry/reference.ts';
import type { BuildStepPlan } from '../plans.ts';

/** As BuildKit reads a source policy: of the rules that fit, the last one holds. */
export interface SourcePolicy {
  readonly rules: readonly Rule[];
}

interface Rule {
  readonly action: 'ALLOW' | 'DENY';
  /** buildctl takes Go's names of fields; one that it does not know would leave the rule a wildcard that fits nothing. */
  readonly selector: { readonly identifier: string; readonly match_type: 'REGEX' };
}

/**
 * Lets a build have its own files and what these hosts serve: base images, `ADD`, and what its commands ask the proxy for.
 * BuildKit looks at the address that it is about to ask, not at what the command says of it.
 */
export function sourcePolicy(
  hosts: readonly string[],
  { attestations }: Pick<BuildStepPlan, 'attestations'>,
): SourcePolicy {
  const { sbomGenerator } = attestations;
  return {
    rules: [
      rule('DENY', '^'),
      rule('ALLOW', '^local://'),
      ...hosts.map((host) => rule('ALLOW', addressesOf(host))),
      ...(sbomGenerator === undefined ? [] : [rule('ALLOW', imagesOf(sbomGenerator))]),
    ],
  };
}

function rule(action: Rule['action'], identifier: string): Rule {
  return { action, selector: { identifier, match_type: 'REGEX' } };
}

/** A login before the name is no part of it, and the name ends where a port or a path begins. */
function addressesOf(host: string): string {
  const name = host.startsWith('*.') ? `[-a-z0-9_.]+${quoted(host.slice(1))}` : quoted(host);
  return `(?i)^(https?|git|docker-image)://([-a-z0-9_.~%:]*@)?${name}(:[0-9]+)?([/?#]|$)`;
}

function imagesOf(image: string): string {
  const { host, repository } = parseImage(image);
  return `^docker-image://${quoted(host === hubHost ? 'docker.io' : host)}/${quoted(repository)}([:@]|$)`;
}

function quoted(text: string): string {
  return text.replaceAll('.', String.raw`\.`);
}

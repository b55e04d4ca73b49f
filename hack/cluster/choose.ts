import type { ClusterRequest, Driver, Probe } from './driver.ts';

export type DriverKind = Driver['kind'];

export interface Facts {
  /** How a cluster of this name was made before; undefined when there is none. */
  readonly recorded: DriverKind | undefined;
  /** Whether this process may do what only root may. */
  readonly root: boolean;
  readonly kind: () => Promise<Probe>;
  readonly bare: () => Promise<Probe>;
}

export interface Choice {
  readonly kind: DriverKind;
  /** Shown to the person. */
  readonly why: string;
}

/**
 * Decides how a cluster is made: a context that was named; else as it was made before; else kind where it works; else
 * from source. Probes are asked only when their answer counts, because asking Docker takes a while.
 */
export async function choose(request: ClusterRequest, facts: Facts): Promise<Choice> {
  const { recorded } = facts;
  if (request.context !== undefined) {
    if (recorded === undefined || recorded === 'context')
      return { kind: 'context', why: `--context ${request.context}` };
    throw new Error(
      `cluster "${request.name}" was made here (${recorded}), so it cannot stand for context "${request.context}": ` +
        'choose another --name, or take it down and delete its folder',
    );
  }
  if (recorded !== undefined) return { kind: recorded, why: 'it was made so before' };
  if (request.apiOnly) return chooseApiOnly(facts);
  return chooseFull(facts);
}

async function chooseApiOnly(facts: Facts): Promise<Choice> {
  const bare = await facts.bare();
  if (bare.usable) return { kind: 'bare', why: '--api-only runs as plain processes' };
  throw new Error(`--api-only is not possible here: ${bare.why}`);
}

async function chooseFull(facts: Facts): Promise<Choice> {
  const kind = await facts.kind();
  if (kind.usable) return { kind: 'kind', why: kind.why };
  const bare = await facts.bare();
  if (bare.usable && facts.root) return { kind: 'bare', why: `${kind.why}; ${bare.why}` };
  throw new Error(
    [
      'No way to make a cluster here.',
      `  kind: ${kind.why}`,
      `  from source: ${bare.usable ? 'it runs containers on this machine and needs root' : bare.why}`,
      'Choices: run this as root on Linux with Go; install Docker and kind; name a cluster of your own with',
      '--context NAME; or use --api-only, which needs Linux and Go but no rights and runs no containers.',
    ].join('\n'),
  );
}

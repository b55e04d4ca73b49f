import type { Deployment } from '../../crds/deployment/deployment.ts';
import type { Environment } from '../../crds/project/environment.ts';
import type { Project } from '../../crds/project/project.ts';
import type { Read } from '../../objects/wire.ts';
import { type Claims, claimsOn } from './claims.ts';
import { deploymentIntent } from './intent.ts';
import { deploymentName } from './naming.ts';

/** What there is, as the caches have it. */
export interface Found {
  readonly project: Read<Project>;
  /** Every Deployment whose projectRef is the Project. */
  readonly named: readonly Read<Deployment>[];
  /** Every Deployment that the Project controls. */
  readonly own: readonly Read<Deployment>[];
  /** The Deployment of a name in the Project's namespace. */
  readonly byName: (name: string) => Read<Deployment> | undefined;
}

export interface Wanted {
  readonly environment: string;
  readonly intent: Deployment;
  readonly observed: Read<Deployment> | undefined;
}

/** What is to be done for a Project, and why something is not. */
export interface Plan {
  readonly apply: readonly Wanted[];
  /** Of environments that are no more. */
  readonly remove: readonly Read<Deployment>[];
  /** Of environments that are External now: they run on, for whoever takes them. */
  readonly release: readonly Read<Deployment>[];
  /** Sentences about environments that two want to make. */
  readonly taken: readonly string[];
}

interface Part {
  readonly apply?: Wanted;
  readonly release?: readonly Read<Deployment>[];
  readonly taken?: string;
}

export function planFor(found: Found): Plan {
  const environments = found.project.spec.environments ?? [];
  const parts = environments.map((environment) => {
    const claims = claimsOn(environment.name, found.named, found.project);
    return environment.managedBy === 'External' ? external(environment, claims) : managed(found, environment, claims);
  });
  const known = new Set(environments.map(({ name }) => name));
  return {
    apply: parts.flatMap(({ apply }) => apply ?? []),
    release: parts.flatMap(({ release }) => release ?? []),
    taken: parts.flatMap(({ taken }) => taken ?? []),
    remove: found.own.filter(
      ({ metadata, spec }) => metadata.deletionTimestamp === undefined && !known.has(spec.environment ?? ''),
    ),
  };
}

/** Another claim stops us from beginning, never from looking after what runs: that would take a live app down. */
function managed(found: Found, environment: Environment, claims: Claims): Part {
  const name = nameFor(found.project, environment, claims);
  const observed = found.byName(name);
  const taken = takenBy(environment, claims, observed);
  if (claims.own.length === 0 && taken !== undefined) return { taken };
  const intent = deploymentIntent(found.project, environment, name);
  return { apply: { environment: environment.name, intent, observed }, ...(taken !== undefined && { taken }) };
}

/** What runs keeps its name, also where the Project would name it otherwise by now. */
function nameFor({ metadata, spec }: Read<Project>, { name }: Environment, { own, orphaned }: Claims): string {
  const [running] = [...own, ...orphaned];
  return running?.metadata.name ?? deploymentName(metadata.name, spec.services?.[0]?.name, name);
}

function takenBy(environment: Environment, claims: Claims, observed: Read<Deployment> | undefined): string | undefined {
  const { own, orphaned, others } = claims;
  if (others.length > 0) return claimed(environment, others);
  if (observed === undefined || own.includes(observed) || orphaned.includes(observed)) return undefined;
  return `Environment "${environment.name}" needs the name "${observed.metadata.name}", which another Deployment has: delete that one, or rename the environment.`;
}

function claimed({ name }: Environment, others: readonly Read<Deployment>[]): string {
  return `Environment "${name}" is made by this Project and claimed by ${list(others)} as well: delete that, or set managedBy: External.`;
}

/** GitOps may have one Deployment of it; ours, if there was one, is given up and counts like any other. */
function external({ name }: Environment, { own, orphaned, others }: Claims): Part {
  const all = [...own, ...orphaned, ...others];
  if (all.length < 2) return { release: own };
  return { release: own, taken: `Environment "${name}" is claimed by ${list(all)}: delete all but one.` };
}

const mostShown = 5;

function list(deployments: readonly Read<Deployment>[]): string {
  const names = deployments.slice(0, mostShown).map(({ metadata }) => `"${metadata.name}"`);
  const more = deployments.length - names.length;
  return `${deployments.length === 1 ? 'Deployment' : 'Deployments'} ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

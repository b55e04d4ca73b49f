import { isIP } from 'node:net';
import { Fault } from './errors.ts';
import type { Exception, OutboundOptions } from './options.ts';
import type { Address, Range } from './ranges.ts';
import { contains, range, ranges, reaches, shapeRanges, specialRanges, within } from './ranges.ts';
import type { Scheme, Target } from './target.ts';

/** The operator's configuration, read and checked once. */
export interface Policy {
  readonly refused: readonly Range[];
  readonly refusedHosts: ReadonlySet<string>;
  readonly exceptions: readonly { readonly rule: Exception; readonly range: Range }[];
  readonly ports: Readonly<Record<Scheme, ReadonlySet<number>>>;
  readonly allowHttp: boolean;
}

type PolicyOptions = Pick<OutboundOptions, 'exceptions' | 'clusterRanges' | 'apiServers' | 'allowHttp' | 'ports'>;

const apiServer = 'API server';

export function compilePolicy(options: PolicyOptions): Policy {
  const { exceptions = [], clusterRanges = [], apiServers = [], allowHttp = false, ports = [] } = options;
  const addresses = apiServers.filter((name) => isIP(name) !== 0);
  const names = apiServers.filter((name) => isIP(name) === 0).map(hostName);
  return {
    refused: [...ranges(apiServer, addresses), ...ranges('cluster network', clusterRanges), ...specialRanges],
    refusedHosts: new Set(names),
    exceptions: exceptions.map((rule) => ({ rule: normalised(rule), range: range('exception', rule.cidr) })),
    ports: { https: new Set([443, ...ports]), http: new Set([80, ...ports]), ssh: new Set([22, ...ports]) },
    allowHttp,
  };
}

/**
 * Whether a target may be reached at these addresses: the reason when not. One bad address refuses all of them, since
 * a name that has both is an attack or a mistake. Errors name the kind of range, not the address: a user must not
 * learn from a status what internal names resolve to.
 */
export function judge(policy: Policy, target: Target, addresses: readonly string[]): Fault | undefined {
  if (policy.refusedHosts.has(target.host)) return new Fault('AddressRefused', apiServer);
  if (addresses.length === 0) return new Fault('DnsFailed', 'no address');
  const reached = addresses.map(reaches);
  for (const forms of reached) {
    const range = forms ? forms.map((form) => refusedBy(policy, target, form)).find(Boolean) : 'not an address';
    if (range !== undefined) return new Fault('AddressRefused', range);
  }
  const forms = reached.flatMap((entry) => entry ?? []);
  return judgeDoor(policy, target, forms);
}

/** Port and scheme, which an exception may open for its addresses alone. */
function judgeDoor(policy: Policy, target: Target, forms: readonly Address[]): Fault | undefined {
  const every = (holds: (rule: Exception) => boolean) =>
    forms.every((form) => matching(policy, target, form).some(({ rule }) => holds(rule)));
  const portOpen = policy.ports[target.scheme].has(target.port) || every((rule) => rule.port === target.port);
  if (!portOpen) return new Fault('PortRefused', `port ${target.port}`);
  const schemeOpen = target.scheme !== 'http' || policy.allowHttp || every((rule) => rule.http === true);
  return schemeOpen ? undefined : new Fault('SchemeRefused', 'http');
}

function refusedBy(policy: Policy, target: Target, address: Address): string | undefined {
  const holding = [...policy.refused.filter((refused) => contains(refused, address)), ...shapeRanges(address)];
  const exceptions = matching(policy, target, address);
  return holding.find((refused) => !exceptions.some((exception) => within(exception.range, refused)))?.name;
}

function matching(policy: Policy, target: Target, address: Address): Policy['exceptions'] {
  return policy.exceptions.filter(
    ({ rule, range }) =>
      (rule.host === undefined || rule.host === target.host) &&
      (rule.port === undefined || rule.port === target.port) &&
      contains(range, address),
  );
}

function normalised(rule: Exception): Exception {
  return rule.host === undefined ? rule : { ...rule, host: hostName(rule.host) };
}

function hostName(name: string): string {
  const host = URL.parse(`https://${name}`)?.hostname.replace(/\.$/, '');
  if (!host) throw new Error(`${JSON.stringify(name)} is not a host name; write it without scheme, port and path`);
  return host;
}

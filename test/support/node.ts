import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { readCluster } from '../../hack/cluster/bare/cluster.ts';
import { auditLog } from '../../hack/cluster/bare/control-plane.ts';
import { bareDriver } from '../../hack/cluster/bare/driver.ts';
import { createReporter } from '../../hack/cluster/cli/reporter.ts';
import type { ClusterStatus, DriverContext } from '../../hack/cluster/driver.ts';
import { withLock } from '../../hack/cluster/lock.ts';
import { defaultName, pathsOf } from '../../hack/cluster/paths.ts';
import { found, shellFor, undo } from '../../hack/quickstart/undo.ts';
import { endOf } from '../harness/requests/audit-log.ts';
import { expectEveryRightUsed, isWhole } from '../harness/requests/shipped.ts';
import { expectNoLoopIn } from './request-loops/audited.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The real node of the e2e suite. */
    node: NodeFacts;
  }
}

export interface NodeFacts {
  readonly kubeconfig: string;
  /** Folder with kubectl, helm and ctr. */
  readonly binaries: string;
  /** Of the API server, for counting requests. */
  readonly auditLog: string;
  /** Where pods reach this machine. */
  readonly address: string;
  /** `address:port` of the registry, for pods and for this machine. */
  readonly registry: string;
  /** URL of the Gateway `gateway-system/public`. */
  readonly gateway: string;
}

/**
 * vitest's globalSetup for suites on a real node: the default cluster, because a machine can be the node of only one. A
 * cluster that was up before stays up, one that was not is taken down at the end.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const context = defaultContext();
  const { healthy: wasUp } = await bareDriver.status(context);
  await exclusively(context, () => bareDriver.up(context));
  const facts = await factsOf(context, await bareDriver.status(context));
  if (wasUp) await makeRoom(facts);
  project.provide('node', facts);
  const from = await endOf(facts.auditLog);
  return async () => {
    try {
      await expectNoLoopIn(facts.auditLog, { suite: 'e2e', from });
      const whole = isWhole(project.vitest.state.getTestModules(), globSync('test/e2e/*.e2e.test.ts'));
      if (whole) await expectEveryRightUsed(facts.auditLog, from);
    } finally {
      if (!wasUp) await exclusively(context, () => bareDriver.down(context));
    }
  };
}

/** Every suite brings an operator of its own; builds and counted requests bear no second one. */
async function makeRoom({ kubeconfig, binaries }: NodeFacts): Promise<void> {
  const shell = shellFor({ kubeconfig, folders: [binaries] });
  const left = await found(shell);
  if (left.length === 0) return;
  console.log(`taking away what the quickstart made (${left.join(', ')}); \`make quickstart\` brings it back`);
  await undo(shell, left);
}

/** The default cluster, as the command line would see it. */
export function defaultContext(): DriverContext {
  const request = { name: defaultName, apiOnly: false, hollowNodes: 0 };
  return { request, paths: pathsOf(defaultName), report: createReporter() };
}

async function factsOf({ paths }: DriverContext, { urls }: ClusterStatus): Promise<NodeFacts> {
  const cluster = await readCluster(paths);
  if (cluster === undefined) throw new Error('the cluster is up, but its folder does not say which it is');
  const { registry = '', gateway = '' } = urls;
  const own = { kubeconfig: paths.kubeconfig, binaries: join(paths.state, 'bin'), auditLog: auditLog(cluster) };
  return { ...own, address: cluster.apiAddress, registry, gateway };
}

function exclusively(context: DriverContext, work: () => Promise<void>): Promise<void> {
  return withLock(`${context.paths.state}.lock`, { purpose: 'e2e tests', deadlineMs: 40 * 60_000 }, work);
}

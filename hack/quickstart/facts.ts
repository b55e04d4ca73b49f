import { chooseDriver, makerOf } from '../cluster/choose.ts';
import { createReporter } from '../cluster/cli/reporter.ts';
import { drivers } from '../cluster/drivers.ts';
import { defaultName, pathsOf } from '../cluster/paths.ts';

/** What the quickstart has to know of the cluster that it runs on. */
export interface Facts {
  readonly kubeconfig: string;
  /** Folders with kubectl and helm. */
  readonly folders: readonly string[];
  /** `host:port`, the same for pods, nodes and this machine; speaks plain http. */
  readonly registry: string;
  /** Base URL by which this machine reaches the Gateway `gateway-system/public`. */
  readonly gateway: string;
}

/** Of the default cluster, which must be up. */
export async function clusterFacts(): Promise<Facts> {
  const request = { name: defaultName, apiOnly: false, hollowNodes: 0 };
  const paths = pathsOf(defaultName);
  const { driver } = await chooseDriver(drivers, request, await makerOf(paths));
  const context = { request, paths, report: createReporter() };
  const { urls } = await driver.status(context);
  return {
    kubeconfig: paths.kubeconfig,
    folders: await driver.binaries(context),
    registry: needed(urls, 'registry'),
    gateway: urls['gateway on loopback'] ?? needed(urls, 'gateway'),
  };
}

function needed(urls: Readonly<Record<string, string>>, name: string): string {
  const url = urls[name];
  if (url === undefined) throw new Error(`the cluster has no ${name}: npm run cluster -- status says what is missing`);
  return url;
}

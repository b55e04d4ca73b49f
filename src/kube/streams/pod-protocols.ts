import { PassThrough } from 'node:stream';
import type { Attach, Exec, KubeConfig, PortForward } from '@kubernetes/client-node';
import type { Connection } from '../connection/connection.ts';
import { KubeError } from '../errors/errors.ts';

/** client-node's speakers of the three WebSocket protocols, ready to use. */
export interface PodProtocols {
  exec: Exec;
  attach: Attach;
  portForward: PortForward;
}

/** Loads client-node at the first use, and not before: it costs a quarter of a second and 87 MB. */
export async function loadPodProtocols(connection: Connection): Promise<PodProtocols> {
  const [node, config] = await Promise.all([import('@kubernetes/client-node'), socketConfig(connection)]);
  const handler = guarded(new node.Exec(config).handler);
  return {
    exec: new node.Exec(config, handler),
    attach: new node.Attach(config, handler),
    portForward: new node.PortForward(config, true, handler),
  };
}

type WebSocketHandler = Exec['handler'];

/** client-node throws out of its event handler at a message that it does not expect, which would end the process. */
function guarded(handler: WebSocketHandler): WebSocketHandler {
  // Without this it ends the streams of the process when the server closes a channel.
  Object.assign(handler, {
    streams: { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
  });
  return {
    connect: (path, onText, onBinary) =>
      handler.connect(path, onText, (channel, data) => {
        try {
          return onBinary?.(channel, data) ?? true;
        } catch {
          return false;
        }
      }),
  };
}

/** What its WebSocket code asks of a configuration; our credentials answer it, with all impersonation. */
type SocketConfig = Pick<KubeConfig, 'getCurrentCluster' | 'applyToHTTPSOptions'>;

async function socketConfig(connection: Connection): Promise<KubeConfig> {
  if (connection.proxyUrl !== undefined) {
    const detail = 'exec, attach and port-forward do not work through a proxy-url yet; use a direct connection';
    throw new KubeError({ code: 'Unsupported', attempted: `open a stream over ${connection.origin}`, detail });
  }
  const { tls, headers } = await connection.credentials();
  const config: SocketConfig = {
    getCurrentCluster: () => ({ name: 'cluster', server: connection.server, skipTLSVerify: tls.insecure }),
    applyToHTTPSOptions(options) {
      const { ca, cert, key, servername, insecure } = tls;
      Object.assign(options, { ca, cert, key, servername, rejectUnauthorized: !insecure, headers });
      return Promise.resolve();
    },
  };
  return config as KubeConfig;
}

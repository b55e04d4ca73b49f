import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerByGit } from './backend.ts';

export interface GitServerOptions {
  /** Folder of the bare repositories. */
  root: string;
  /** Default: any free one. */
  port?: number;
  /** Default: 127.0.0.1. */
  host?: string;
  /** The one user. Default: everybody may read and write. */
  login?: { username: string; password: string };
  /** Looks at a request first; true means that it was answered. */
  before?: (...given: Parameters<RequestListener>) => boolean;
}

export interface GitServer extends AsyncDisposable {
  /** Without a slash at the end. */
  url: string;
  port: number;
  /** Method and URL of every request, in order. */
  requests: string[];
}

export async function startGitServer(options: GitServerOptions): Promise<GitServer> {
  const { root, port = 0, host = '127.0.0.1', login, before } = options;
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    if (before?.(request, response)) return;
    if (login && !isUser(request, login)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    answerByGit(root, request, response);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${listening}`,
    port: listening,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function isUser({ headers }: IncomingMessage, { username, password }: { username: string; password: string }): boolean {
  return headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

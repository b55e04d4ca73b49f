import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { cleanEnvironment } from './environment.ts';

/** Hands one request to `git http-backend` by the rules of CGI. */
export function answerByGit(root: string, request: IncomingMessage, response: ServerResponse): void {
  const child = spawn('git', ['http-backend'], { env: cgiEnvironment(root, request), stdio: 'pipe' });
  const fail = () => (response.headersSent ? response.destroy() : response.writeHead(500).end());
  child.on('error', fail);
  child.stdin.on('error', () => undefined);
  response.on('close', () => child.kill());
  child.stderr.resume();
  request.pipe(child.stdin);

  let head = Buffer.alloc(0);
  child.stdout.on('data', function onHead(chunk: Buffer) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    child.stdout.off('data', onHead);
    writeHead(response, head.subarray(0, end).toString('latin1'));
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  });
  child.stdout.on('end', () => {
    if (!response.headersSent) fail();
  });
}

function cgiEnvironment(root: string, { method = 'GET', url = '/', headers }: IncomingMessage): NodeJS.ProcessEnv {
  const { pathname, search } = new URL(url, 'http://git.test');
  return cleanEnvironment({
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: method,
    PATH_INFO: decodeURIComponent(pathname),
    QUERY_STRING: search.slice(1),
    CONTENT_TYPE: headers['content-type'] ?? '',
    CONTENT_LENGTH: headers['content-length'] ?? '',
    HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    REMOTE_USER: 'test',
    REMOTE_ADDR: '127.0.0.1',
  });
}

function writeHead(response: ServerResponse, head: string): void {
  for (const line of head.split('\r\n')) {
    const [name = '', value = ''] = line.split(/:\s*(.*)/);
    if (name.toLowerCase() === 'status') response.statusCode = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
}

import { createServer } from 'node:http';
import { hostname } from 'node:os';

/** Change this line, commit and push: that is a release. */
const version = 'version 1';

const server = createServer((request, response) => {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(request.url === '/healthz' ? 'ok\n' : `Hello from ${version}, on ${hostname()}\n`);
});

server.listen(Number(process.env.PORT ?? 8080), () => console.log(`${version} listens`));

// Kubernetes sends SIGTERM and waits: what is under way ends, nothing new begins.
process.once('SIGTERM', () => server.close());

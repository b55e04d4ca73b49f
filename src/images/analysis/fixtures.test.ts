import { expect, it } from 'vitest';
import { fixtureNames, fixtureTree, planOf, valuesOf } from '../../../test/support/plans.ts';

const npm = { packages: 'npm', install: 'npm ci --no-audit --no-fund' };

const expected: Record<string, object> = {
  bun: { language: 'bun', version: '1.3.4', packages: 'bun', start: 'bun server.ts' },
  deno: { language: 'deno', version: '2', install: 'deno cache main.ts', start: 'deno task start' },
  go: { language: 'go', version: '1.26', start: '/bin/app', health: '/healthz' },
  'java-maven': { language: 'java', version: '17', packages: 'maven', build: 'mvn --batch-mode -DskipTests package' },
  monorepo: { language: 'node', ...npm, start: 'node server.js' },
  nextjs: { framework: 'Next.js', ...npm, build: 'npm run build', start: 'HOSTNAME=0.0.0.0 exec node server.js' },
  'node-npm': { framework: 'Express', version: '24', ...npm, start: 'node server.js', health: '/healthz' },
  'node-pnpm': { framework: 'Fastify', version: '24', packages: 'pnpm', start: 'node src/index.js', health: '/health' },
  php: { language: 'php', version: '8.4', start: 'exec frankenphp php-server --listen :$PORT --root /app' },
  'python-pip': { framework: 'Flask', version: '3.11', start: 'exec gunicorn app:app --bind 0.0.0.0:$PORT' },
  'python-uv': { framework: 'FastAPI', version: '3.11', packages: 'uv', health: '/healthz' },
  ruby: { language: 'ruby', version: '3.4', start: 'bundle exec ruby server.rb' },
  rust: { language: 'rust', version: '1', build: 'cargo build --release --locked --bin hello', start: '/app' },
  static: { language: 'static', output: '.', health: '/' },
  vite: { framework: 'Vite', ...npm, build: 'npm run build', output: 'dist' },
};

it('knows every repository among the fixtures', () => {
  expect(Object.keys(expected)).toEqual(fixtureNames);
});

it.each(Object.entries(expected))('recognises %s', (name, values) => {
  const plan = planOf(fixtureTree(name), name === 'monorepo' ? 'apps/web' : '.');

  expect(valuesOf(plan)).toMatchObject({ port: 8080, ...values });
  expect(plan.user.value).toBe(10_001);
});

it('says of each finding where it stands', () => {
  const { version, framework, install, start, health } = planOf(fixtureTree('node-npm'));

  expect({ version, framework, install, start, health }).toEqual({
    version: { value: '24', source: 'package.json', evidence: '"node": "24"' },
    framework: { value: 'Express', source: 'package.json', evidence: '"express": "4.21.2"' },
    install: { value: 'npm ci --no-audit --no-fund', source: 'package-lock.json', evidence: 'the file exists' },
    start: { value: ['node', 'server.js'], source: 'package.json', evidence: '"start": "node server.js"' },
    health: { value: '/healthz', source: 'server.js', evidence: "'/healthz'" },
  });
});

it('builds a package of a workspace from the root, where its lock file is', () => {
  const { context, start } = planOf(fixtureTree('monorepo'), 'apps/web');

  expect(context).toEqual({ value: '.', source: 'package.json', evidence: 'packages: apps/*, packages/*' });
  expect(start.source).toBe('apps/web/package.json');
});

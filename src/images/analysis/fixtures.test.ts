import { expect, it } from 'vitest';
import { fixtureNames, fixtureTree, planOf, valuesOf } from '../../../test/support/plans.ts';

const npm = { packages: 'npm', install: 'npm ci --no-audit --no-fund' };

const pnpm = { packages: 'pnpm', install: 'pnpm install --frozen-lockfile --store-dir=/pnpm/store' };

const expected: Record<string, object> = {
  astro: { framework: 'Astro', version: '22', ...npm, build: 'npm run build', output: 'dist', health: '/' },
  bun: { language: 'bun', version: '1.3.4', packages: 'bun', start: 'bun server.ts' },
  deno: { language: 'deno', version: '2', install: 'deno cache main.ts', start: 'deno task start' },
  django: { framework: 'Django', version: '3.12', start: 'exec gunicorn shop.wsgi:application --bind 0.0.0.0:$PORT' },
  dotnet: {
    framework: 'ASP.NET Core',
    version: '9.0',
    build: 'dotnet publish Shop/Shop.csproj --configuration Release --output /out',
    start: 'ASPNETCORE_HTTP_PORTS=$PORT exec dotnet /app/Shop.dll',
    health: '/healthz',
  },
  go: { language: 'go', version: '1.26', start: '/bin/app', health: '/healthz' },
  'java-gradle': {
    framework: 'Spring Boot',
    version: '21',
    packages: 'gradle',
    build: 'gradle --no-daemon bootJar',
    health: '/actuator/health',
  },
  'java-maven': { language: 'java', version: '17', packages: 'maven', build: 'mvn --batch-mode -DskipTests package' },
  'java-spring': {
    framework: 'Spring Boot',
    version: '17',
    packages: 'maven',
    start: 'SERVER_PORT=$PORT exec java -XX:MaxRAMPercentage=75 -jar /app/app.jar',
  },
  laravel: {
    framework: 'Laravel',
    version: '8.4',
    packages: 'composer',
    start: 'exec frankenphp php-server --listen :$PORT --root /app/public',
    health: '/up',
  },
  monorepo: { language: 'node', ...npm, start: 'node server.js' },
  'monorepo-pnpm': { framework: 'Vite', ...pnpm, build: 'turbo run build --filter=./apps/site', output: 'dist' },
  nestjs: {
    framework: 'NestJS',
    install: 'yarn install --frozen-lockfile --non-interactive',
    build: 'yarn run build',
    start: 'node dist/main',
    health: '/health',
  },
  nextjs: { framework: 'Next.js', ...npm, build: 'npm run build', start: 'HOSTNAME=0.0.0.0 exec node server.js' },
  'node-npm': { framework: 'Express', version: '24', ...npm, start: 'node server.js', health: '/healthz' },
  'node-pnpm': { framework: 'Fastify', version: '24', ...pnpm, start: 'node src/index.js', health: '/health' },
  nuxt: {
    framework: 'Nuxt',
    install: 'yarn install --immutable',
    build: 'yarn run build',
    start: 'HOST=0.0.0.0 exec node .output/server/index.mjs',
  },
  phoenix: {
    framework: 'Phoenix',
    version: '1.18',
    build: 'mix assets.deploy && mix release --path /out',
    start: '/app/bin/shop start',
  },
  php: { language: 'php', version: '8.2', start: 'apache2 -f /etc/apache2/site.conf -DFOREGROUND' },
  'python-pip': { framework: 'Flask', version: '3.11', start: 'exec gunicorn app:app --bind 0.0.0.0:$PORT' },
  'python-poetry': {
    framework: 'FastAPI',
    packages: 'poetry',
    start: 'exec uvicorn app.main:api --host 0.0.0.0 --port $PORT',
    health: '/health',
  },
  'python-uv': { framework: 'FastAPI', version: '3.11', packages: 'uv', health: '/healthz' },
  rails: {
    framework: 'Rails',
    version: '3.4.7',
    build: 'SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile',
    start: 'exec bundle exec rails server -b 0.0.0.0 -p $PORT',
    health: '/up',
  },
  remix: { framework: 'Remix', ...pnpm, build: 'pnpm run build', start: 'remix-serve ./build/server/index.js' },
  ruby: { language: 'ruby', version: '3.1', start: 'bundle exec ruby server.rb' },
  rust: { language: 'rust', version: '1', build: 'cargo build --release --locked --bin hello', start: '/app' },
  static: { language: 'static', output: '.', health: '/' },
  sveltekit: {
    framework: 'SvelteKit',
    ...npm,
    build: 'npm run build',
    start: 'node build/index.js',
    health: undefined,
  },
  vite: { framework: 'Vite', ...npm, build: 'npm run build', output: 'dist' },
};

/** The service in a repository of several. */
const services: Record<string, string> = { monorepo: 'apps/web', 'monorepo-pnpm': 'apps/site' };

it('knows every repository among the fixtures', () => {
  expect(Object.keys(expected)).toEqual(fixtureNames);
});

it.each(Object.entries(expected))('recognises %s', (name, values) => {
  const plan = planOf(fixtureTree(name), services[name] ?? '.');

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

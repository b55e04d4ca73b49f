import { expect, it } from 'vitest';
import { fixtureNames, fixtureTree, planOf } from '../../../test/support/plans.ts';
import { imageName } from '../analysis/plan/base-images.ts';
import { renderIgnore } from './ignore.ts';
import { renderDockerfile } from './render.ts';

it('writes a Dockerfile with everything that only the build needs in a stage of its own', () => {
  expect(renderDockerfile(planOf(fixtureTree('go')))).toBe(`# go, 1.26; made from the files of the repository.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod ./
RUN --mount=type=cache,id=.:/go/pkg/mod,target=/go/pkg/mod,sharing=locked --mount=type=cache,id=.:/root/.cache/go-build,target=/root/.cache/go-build,sharing=locked go mod download
COPY . ./
RUN --mount=type=cache,id=.:/go/pkg/mod,target=/go/pkg/mod,sharing=locked --mount=type=cache,id=.:/root/.cache/go-build,target=/root/.cache/go-build,sharing=locked CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/bin/app .
RUN mkdir -p /out/etc/ssl/certs /out/tmp && chmod 1777 /out/tmp
RUN cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/

FROM scratch AS run
COPY --from=build /out/ /
ENV PORT=8080 HOME=/tmp
USER 10001:10001
EXPOSE 8080
ENTRYPOINT []
CMD ["/bin/app"]
`);
});

it('takes only the finished server of Next.js over', () => {
  const [, run] = renderDockerfile(planOf(fixtureTree('nextjs')))
    .split('\n\nFROM ')
    .slice(1);

  expect(run?.match(/^COPY .*/gm)).toEqual([
    'COPY --from=build /app/.next/standalone/ /app/',
    'COPY --from=build /app/.next/static/ /app/.next/static/',
  ]);
});

it('gives a page its variables as arguments of the build', () => {
  expect(renderDockerfile(planOf(fixtureTree('vite')))).toMatch(/^FROM node:24-slim AS build\nARG VITE_GREETING$/m);
});

it('hands a page out that knows its own paths, without following dot files', () => {
  const text = renderDockerfile(planOf(fixtureTree('vite')));

  expect(text).toContain('try_files $uri $uri/index.html $uri.html /index.html;');
  expect(text).toContain('location ~ /\\.(?!well-known/) { return 404; }');
  expect(renderDockerfile(planOf(fixtureTree('static')))).toContain('$uri.html =404;');
});

const services: Record<string, string> = { monorepo: 'apps/api', 'monorepo-pnpm': 'apps/site' };

/** What `docker build --check` looks at, as far as our text can offend it. */
it.each(fixtureNames)('keeps the rules of good Dockerfiles for %s', (name) => {
  const text = renderDockerfile(planOf(fixtureTree(name), services[name] ?? '.'));
  const instructions = text
    .replaceAll(/<<'EOF'[\s\S]*?^EOF$/gm, '')
    .split('\n')
    .filter((line) => /^[A-Z]/.test(line));
  const words = instructions.map((line) => line.split(' ')[0] ?? '');

  expect(
    words.every((word) =>
      ['FROM', 'ARG', 'WORKDIR', 'ENV', 'COPY', 'RUN', 'USER', 'EXPOSE', 'ENTRYPOINT', 'CMD'].includes(word),
    ),
  ).toBe(true);
  expect(
    instructions
      .filter((line) => line.startsWith('FROM '))
      .every((line) => /^FROM [^ ]+ AS [a-z]+$/.test(line) && !line.includes(':latest')),
  ).toBe(true);
  expect(words.slice(-5)).toEqual(['ENV', 'USER', 'EXPOSE', 'ENTRYPOINT', 'CMD']);
  expect(JSON.parse(instructions.at(-1)?.slice('CMD '.length) ?? '')).toBeInstanceOf(Array);
  expect(instructions.filter((line) => line.startsWith('WORKDIR ')).every((line) => line.startsWith('WORKDIR /'))).toBe(
    true,
  );
  expect(text).not.toMatch(/^(?:ENV|ARG) .*(?:SECRET|TOKEN|PASSWORD)/m);
});

it('takes base images from one table, with a registry before them or another image instead', () => {
  const settings = {
    prefix: 'hub.test/mirror',
    images: [{ name: 'node', image: 'own.test/node:{version}@sha256:1' }],
  };

  expect(imageName('python', '3.11', settings)).toBe('hub.test/mirror/python:3.11');
  expect(imageName('node', '24', settings)).toBe('own.test/node:24@sha256:1');
  expect(imageName('empty', '', settings)).toBe('scratch');
  expect(renderDockerfile(planOf(fixtureTree('vite')), settings).match(/^FROM .*/gm)).toEqual([
    'FROM own.test/node:24@sha256:1 AS build',
    'FROM hub.test/mirror/nginx:stable AS run',
  ]);
});

it('refuses to write what would be another instruction', () => {
  const plan = planOf({ 'index.html': '' });

  expect(() => renderDockerfile({ ...plan, start: { ...plan.start, value: ['a\nUSER 0'] } })).toThrow(
    'not for a Dockerfile',
  );
  expect(() =>
    renderDockerfile({
      ...plan,
      path: 'a b',
      stages: [{ name: 'x', image: 'debian', version: '', instructions: [{ do: 'workdir', path: 'a b' }] }],
    }),
  ).toThrow('not a word');
});

it('keeps secrets, git and foreign packages out of the build, and lets the repository decide last', () => {
  const lines = renderIgnore(planOf(fixtureTree('node-npm')), 'docs\r\n!keep\n')
    .trimEnd()
    .split('\n');

  expect(lines).toEqual(expect.arrayContaining(['.git', '**/.env', '**/node_modules', '**/*.pem']));
  expect(lines.slice(-2)).toEqual(['docs', '!keep']);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createReporter } from '../cli/reporter.ts';
import { freePort } from '../kind/ports.ts';
import { ensureBaseImages, type Report } from './ensure.ts';
import { catalogue } from './recipes/catalogue.ts';
import { startBuildkit, type TestBuildkit } from './testing/buildkit.ts';
import { startRegistry, type TestRegistry } from './testing/registry.ts';

/** With nothing cached, all images are made: minutes of downloading and packing on two cores. */
const makingDeadlineMs = 1_800_000;

describe.skipIf(process.getuid?.() !== 0)('base images made here', () => {
  let folder: string;
  let registry: TestRegistry;
  let buildkit: TestBuildkit;
  let report: Report;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vish-images-'));
    registry = await startRegistry(folder);
    report = await ensure();
    buildkit = await startBuildkit(folder, registry.host);
  }, makingDeadlineMs);

  afterAll(async () => {
    await buildkit?.[Symbol.asyncDispose]();
    await registry?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const ensure = () => {
    const probe = async () => ({ answers: false, why: 'not asked in this test' });
    const only = catalogue.map(({ name }) => name);
    return ensureBaseImages({ registry, report: createReporter(), only, probe });
  };

  it('are all in the registry, and a second run sends nothing', async () => {
    const again = await ensure();

    expect(report.images.map(({ name }) => name)).toEqual(catalogue.map(({ name }) => name));
    expect(again.images.filter(({ from, pushed }) => pushed || from === 'made')).toEqual([]);
  });

  it('run, each in the version that its tag claims', async () => {
    const runnable = catalogue.filter(({ onlyFolder }) => onlyFolder === undefined);
    const stages = runnable.map(({ name, references, version }) => {
      return `FROM ${references[0]} AS ${name}\nRUN (${version.command}) > /version\n`;
    });
    const copies = runnable.map(({ name }) => `COPY --from=${name} /version /versions/${name}\n`);

    const printed = await buildkit.build(`${stages.join('')}FROM busybox\n${copies.join('')}RUN cat /versions/*\n`);

    expect(runnable.filter(({ version }) => !printed.includes(version.expects))).toEqual([]);
  });

  it('let npm ci work inside a build, also after the package ca-certificates was installed', async () => {
    const manifest = JSON.stringify({ name: 'x', version: '1.0.0', dependencies: { 'is-odd': '3.0.1' } });

    const printed = await buildkit.build(`
FROM node:24-slim
RUN apt-get update -qq && apt-get install -y -qq ca-certificates
WORKDIR /app
RUN echo '${manifest}' > package.json && npm install --package-lock-only && npm ci
RUN node -e 'console.log("three is odd:", require("is-odd")(3))'
`);

    expect(printed).toContain('three is odd: true');
  });

  it('let npm compile a native add-on', async () => {
    const gyp = JSON.stringify({ targets: [{ target_name: 'addon', sources: ['addon.c'] }] });
    const source = '#include <node_api.h>\\nNAPI_MODULE_INIT() { return exports; }\\n';

    const printed = await buildkit.build(`
FROM node:24
WORKDIR /app
RUN echo '{"name":"x","version":"1.0.0"}' > package.json && echo '${gyp}' > binding.gyp && printf '${source}' > addon.c
RUN npm install && node -e 'require("./build/Release/addon.node"); console.log("add-on", "loaded")'
`);

    expect(printed).toContain('add-on loaded');
  });

  it('let pip install inside a build', async () => {
    const printed = await buildkit.build(`
FROM python:3.11-slim
RUN pip install --quiet itsdangerous==2.2.0 && python -c 'import itsdangerous; print("imported", itsdangerous.__name__)'
`);

    expect(printed).toContain('imported itsdangerous');
  });

  it('let go download a module inside a build', async () => {
    const program =
      'package main\\nimport "golang.org/x/text/language"\\nfunc main() { println(language.English.String()) }\\n';

    const printed = await buildkit.build(`
FROM golang:1.26
WORKDIR /src
RUN printf 'module x\\ngo 1.26\\nrequire golang.org/x/text v0.30.0\\n' > go.mod && printf '${program}' > main.go
RUN go mod tidy && go build -o /app . && echo "language: $(/app 2>&1)"
`);

    expect(printed).toContain('language: en');
  });

  it('let a page be served from the usual folder', async () => {
    const port = await freePort();

    const printed = await buildkit.build(`
FROM nginx:stable
RUN echo 'hello from nginx' > /usr/share/nginx/html/index.html && sed -i 's/80;/${port};/' /etc/nginx/conf.d/default.conf
RUN nginx && bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3' && nginx -s stop
`);

    expect(printed).toContain('hello from nginx');
  });
});

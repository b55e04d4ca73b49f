import { expect, it } from 'vitest';
import { aBuildStepPlan } from '../../../../test/support/step-plan.ts';
import type { BuildPlan } from '../driver.ts';
import { claimFor, jobFor, secretFor } from './job.ts';
import { type JobOptions, namespaceFor } from './options.ts';

const options: JobOptions = {
  namespace: 'vish-builds',
  untrustedNamespace: 'vish-builds-untrusted',
  builderImage: 'registry.test/builder:1',
  pullSecrets: [],
  memory: '2Gi',
  cpu: '500m',
  storage: '20Gi',
  registries: [],
  processes: 1000,
  rootless: false,
  keepSeconds: 3600,
};

const limits = { packMegabytes: 1, megabytes: 1, fileMegabytes: 1, files: 1, seconds: 1 };

function aPlan(change: Partial<BuildPlan> = {}): BuildPlan {
  return {
    uid: 'f0e1',
    attempt: 2,
    build: { namespace: 'shop', name: 'web-1' },
    projectUid: 'p1',
    trust: 'Trusted',
    clone: { url: 'https://git.test/a.git', gitArgs: [], gitEnv: {}, commit: 'a'.repeat(40), limits },
    image: aBuildStepPlan(),
    push: { repository: 'r.test/a', tag: 'a', outbound: { clusterRanges: [], apiServers: [], exceptions: [] } },
    credentials: { authorization: 'Basic planted-git', registryLogin: '{"planted": "registry"}' },
    resources: {},
    deadlineSeconds: 600,
    ...change,
  };
}

const podOf = (plan = aPlan(), change: Partial<JobOptions> = {}) => {
  const spec = jobFor(plan, { ...options, ...change }).spec?.template.spec;
  const [clone, build] = spec?.initContainers ?? [];
  const [push] = spec?.containers ?? [];
  if (!spec || !clone || !build || !push) throw new Error('the Job lacks a step');
  return { spec, clone, build, push };
};

it('runs the steps one after the other in one pod that is never repeated', () => {
  const { spec, clone, build, push } = podOf();

  expect([clone, build, push].map(({ command }) => command?.at(-1))).toEqual(['clone', 'build', 'push']);
  expect(spec).toMatchObject({ restartPolicy: 'Never', activeDeadlineSeconds: 600 });
  expect(jobFor(aPlan(), options).spec).toMatchObject({ backoffLimit: 0, ttlSecondsAfterFinished: 3600 });
});

it('gives rights to the build alone, and those within a user namespace', () => {
  const { spec, clone, build, push } = podOf();

  expect(spec).toMatchObject({
    hostUsers: false,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
  });
  for (const { securityContext } of [clone, push]) {
    expect(securityContext).toMatchObject({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  }
  expect(build.securityContext).toMatchObject({ privileged: true, readOnlyRootFilesystem: true });
});

it('gives a rootless build no user namespace and no root, and the rights to make itself one', () => {
  const { spec, clone, build, push } = podOf(aPlan(), { rootless: true });

  expect(spec.hostUsers).toBeUndefined();
  expect(spec.securityContext).toMatchObject({ seccompProfile: { type: 'RuntimeDefault' }, fsGroup: 65_532 });
  expect(build.securityContext).toMatchObject({ runAsNonRoot: true, capabilities: { add: ['SETUID', 'SETGID'] } });
  expect(build.securityContext?.privileged).toBeUndefined();
  for (const { securityContext } of [clone, push]) expect(securityContext?.allowPrivilegeEscalation).toBe(false);
  expect(build.env?.[0]?.value).toContain('"rootless":true');
});

it('shows each credential to the one step that needs it, and to nobody who may read the pod', () => {
  const { spec, clone, build, push } = podOf();
  const mounts = (container: typeof clone) => container.volumeMounts?.map(({ name }) => name);

  expect(mounts(clone)).toEqual(['workspace', 'git-login']);
  expect(mounts(build)).toEqual(['workspace', 'layout', 'state', 'scratch', 'scratch']);
  expect(mounts(push)).toEqual(['layout', 'registry-login']);
  expect(JSON.stringify(spec)).not.toContain('planted');
  expect(secretFor(aPlan(), options)).toMatchObject({ immutable: true, metadata: { name: 'build-f0e1-2' } });
});

it('shows an ssh key to the clone step alone, with a place in memory for the copy that ssh wants', () => {
  const plan = aPlan({ credentials: { ssh: { privateKey: 'planted-key', knownHosts: 'planted-host' } } });
  const { spec, clone, build, push } = podOf(plan);
  const mounts = (container: typeof clone) => container.volumeMounts?.map(({ name }) => name);

  expect(mounts(clone)).toEqual(['workspace', 'git-login', 'git-key']);
  expect([build, push].flatMap(mounts)).not.toContain('git-key');
  expect([build, push].flatMap(mounts)).not.toContain('git-login');
  expect(spec.volumes).toContainEqual({ name: 'git-key', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } });
  expect(JSON.stringify(spec)).not.toContain('planted');
  expect(Object.keys(secretFor(plan, options)?.data ?? {})).toEqual(['ssh-privatekey', 'known_hosts']);
});

it('shows what commands may mount to the build step alone, by id', () => {
  const credentials = { registryLogin: '{}', buildSecrets: { 'config.json': 'cGxhbnRlZA==' } };
  const { spec, clone, build, push } = podOf(aPlan({ credentials }));
  const mounts = (container: typeof clone) => container.volumeMounts?.map(({ name }) => name);

  expect(build.volumeMounts).toContainEqual({ name: 'secrets', mountPath: '/secrets', readOnly: true });
  expect([clone, push].flatMap(mounts)).not.toContain('secrets');
  expect(spec.volumes).toContainEqual({
    name: 'secrets',
    secret: {
      secretName: 'build-f0e1-2',
      items: [{ key: 'secret-config.json', path: 'config.json' }],
      defaultMode: 0o444,
    },
  });
  expect(secretFor(aPlan({ credentials }), options)?.data).toEqual({
    'config.json': 'e30=',
    'secret-config.json': 'cGxhbnRlZA==',
  });
  expect(JSON.stringify(spec)).not.toContain('cGxhbnRlZA');
});

it('makes no Secret for a build that needs none', () => {
  const plan = aPlan({ credentials: {} });

  expect(secretFor(plan, options)).toBeUndefined();
  expect(podOf(plan).spec.volumes?.some(({ secret }) => secret)).toBe(false);
});

it("keeps BuildKit's state on the Project's volume when one is configured", () => {
  const cache = { megabytes: 1000 };

  expect(podOf(aPlan(), { cache }).spec.volumes).toContainEqual({
    name: 'state',
    persistentVolumeClaim: { claimName: 'cache-p1' },
  });
  expect(claimFor(aPlan(), { ...options, cache })?.spec?.resources).toEqual({ requests: { storage: '2000Mi' } });
  expect(claimFor(aPlan(), options)).toBeUndefined();
});

it('gives an untrusted build an empty state that nobody gets after it', () => {
  const cache = { megabytes: 1000 };
  const plan = aPlan({ trust: 'Untrusted' });

  expect(podOf(plan, { cache }).spec.volumes).toContainEqual({ name: 'state', emptyDir: { sizeLimit: '20Gi' } });
  expect(claimFor(plan, { ...options, cache })).toBeUndefined();
});

it('takes the sizes that the Build asks for, else those of the settings', () => {
  expect(podOf().build.resources).toEqual({
    requests: { cpu: '500m', memory: '2Gi' },
    limits: { memory: '2Gi', 'ephemeral-storage': '20Gi' },
  });
  expect(podOf(aPlan({ resources: { cpu: '2', memory: '4Gi' } })).build.resources).toEqual({
    requests: { cpu: '2', memory: '4Gi' },
    limits: { cpu: '2', memory: '4Gi', 'ephemeral-storage': '20Gi' },
  });
});

it('asks a Docker Engine at its socket without a right of its own', () => {
  const docker = { host: 'unix:///var/run/docker.sock' };
  const { spec, build } = podOf(aPlan(), { docker, cache: { megabytes: 1000 } });

  expect(spec.hostUsers).toBeUndefined();
  expect(build.securityContext).toMatchObject({ runAsUser: 0, capabilities: { drop: ['ALL'] } });
  expect(build.securityContext?.privileged).toBeUndefined();
  expect(build.volumeMounts).toContainEqual({ name: 'engine', mountPath: '/engine/docker.sock' });
  expect(spec.volumes).toContainEqual({
    name: 'engine',
    hostPath: { path: '/var/run/docker.sock', type: 'Socket' },
  });
  expect(claimFor(aPlan(), { ...options, docker, cache: { megabytes: 1000 } })).toBeUndefined();
});

it('asks a Docker Engine over TLS as a user that is not root', () => {
  const docker = { host: 'tcp://engine.test:2376', tlsSecret: 'engine' };
  const { spec, build } = podOf(aPlan(), { docker });

  expect(build.securityContext).toMatchObject({ runAsNonRoot: true });
  expect(build.volumeMounts).toContainEqual({ name: 'engine', mountPath: '/engine/tls' });
  expect(spec.volumes).toContainEqual({ name: 'engine', secret: { secretName: 'engine', defaultMode: 0o444 } });
});

it('shows an untrusted build nothing of a Docker Engine', () => {
  const docker = { host: 'unix:///var/run/docker.sock' };
  const plan = aPlan({ trust: 'Untrusted' });

  expect(jobFor(plan, { ...options, docker })).toEqual(jobFor(plan, options));
});

it.each([
  ['Trusted', 'vish-builds'],
  ['Untrusted', 'vish-builds-untrusted'],
] as const)('makes what belongs to a build that is %s in %s, and no volume of an untrusted one', (trust, namespace) => {
  const plan = aPlan({ trust });
  const made = [
    jobFor(plan, options),
    secretFor(plan, options),
    claimFor(plan, { ...options, cache: { megabytes: 1 } }),
  ];

  expect(namespaceFor(trust, options)).toBe(namespace);
  expect(made.flatMap((object) => object?.metadata.namespace ?? [])).toEqual(
    Array.from({ length: trust === 'Trusted' ? 3 : 2 }, () => namespace),
  );
});

it('is found again by the Build and the attempt', () => {
  const { metadata, spec } = jobFor(aPlan(), options);
  const marks = {
    labels: { 'vish.dev/build-uid': 'f0e1', 'vish.dev/project-uid': 'p1' },
    annotations: { 'vish.dev/build-of': 'shop/web-1' },
  };

  expect(metadata).toMatchObject({ namespace: 'vish-builds', name: 'build-f0e1-2', ...marks });
  expect(spec?.template.metadata).toMatchObject(marks);
});

it('hands on the plan as it is, where Kubernetes would put other variables in', () => {
  const args = [
    { name: 'PRICE', value: '$$5' },
    { name: 'HOST', value: '$(KUBERNETES_SERVICE_HOST)' },
  ];
  const plan = aPlan({ image: { ...aPlan().image, args } });
  const [variable] = podOf(plan).build.env ?? [];

  expect(JSON.parse(expanded(variable?.value ?? ''))).toEqual(plan.image);
});

/** What a container gets: of `$$` a `$`, of `$(NAME)` the value of a variable that the kubelet knows. */
function expanded(text: string): string {
  return text.replaceAll(/\$\$|\$\((\w+)\)/g, (found) => (found === '$$' ? '$' : 'tcp://10.0.0.1:443'));
}

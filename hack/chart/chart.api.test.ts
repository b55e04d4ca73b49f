import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { kinds } from '../../src/crds/kinds.ts';
import { parseSettings } from '../../src/settings/load.ts';
import type { PolicySpec } from '../cluster/network-policy/kinds.ts';
import { blocksOf, commandsOf } from '../docs/pages.ts';
import { run } from '../lib/run.ts';
import { builtHelm } from './helm.ts';
import { chartFolder, installFile, renderChart } from './render.ts';

interface Manifest {
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    annotations?: Record<string, string>;
    labels?: Record<string, string>;
  };
  data?: Record<string, string>;
  rules?: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
  spec?: unknown;
}

let helm: string;
let folder: string;
let all: Manifest[];

beforeAll(async () => {
  helm = await builtHelm();
  folder = mkdtempSync(join(tmpdir(), 'vish-chart-'));
  all = await render();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function render(...set: string[]): Promise<Manifest[]> {
  return manifestsOf(await renderChart({ helm, set }));
}

function manifestsOf(rendered: string): Manifest[] {
  return parseAllDocuments(rendered).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

const find = (manifests: readonly Manifest[], kind: string, name = 'vish') =>
  manifests.find((manifest) => manifest.kind === kind && manifest.metadata.name === name);

const ofName = (manifests: readonly Manifest[], kind: string, name: string) =>
  manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);

const placesOf = (manifests: readonly Manifest[], kind: string, name: string) =>
  ofName(manifests, kind, name).map(({ metadata }) => metadata.namespace);

describe('the chart', () => {
  it('passes helm lint with every warning an error', async () => {
    const { output } = await run(helm, ['lint', '--strict', chartFolder]);

    expect(output).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it('brings all kinds, which stay when it is uninstalled', () => {
    const crds = all.filter(({ kind }) => kind === 'CustomResourceDefinition');

    expect(crds.map(({ metadata }) => metadata.name).sort()).toEqual(
      kinds.map(({ plural }) => `${plural}.vish.dev`).sort(),
    );
    for (const { metadata, spec } of crds) {
      const [plural = ''] = metadata.name.split('.');
      expect(metadata.annotations?.['helm.sh/resource-policy']).toBe('keep');
      expect(spec).toEqual((parse(readFileSync(`config/crd/${plural}.yaml`, 'utf8')) as Manifest).spec);
    }
  });

  it.each(readdirSync('config/rbac'))('has the rules of config/rbac/%s', async (file) => {
    const every = await render('settings.metrics.protected=true');
    const { kind, metadata, rules } = parse(readFileSync(`config/rbac/${file}`, 'utf8')) as Manifest;

    expect(find(every, kind, metadata.name)?.rules).toEqual(rules);
    expect(find(every, kind, metadata.name)?.metadata.namespace).toBe(metadata.namespace);
    expect(find(every, kind, metadata.name)?.metadata.labels).toMatchObject(metadata.labels ?? {});
  });

  it('gives the operator settings that it accepts', async () => {
    const set = ['settings.builds.maxConcurrent=9', 'settings.builds.cache.megabytes=1000000'];
    const config = find(await render(...set), 'ConfigMap', 'vish-settings')?.data?.['settings.yaml'] ?? '';

    expect(parseSettings(config, 'chart').builds).toMatchObject({ maxConcurrent: 9, cache: { megabytes: 1_000_000 } });
  });

  it('has other pods for other settings, because they are read once', async () => {
    const template = (manifests: Manifest[]) => JSON.stringify(find(manifests, 'Deployment')?.spec);

    expect(template(await render('settings.builds.maxConcurrent=9'))).not.toBe(template(all));
  });

  it.each([
    ['replicas=1', 'PodDisruptionBudget', 'vish'],
    ['builds.createNamespace=false', 'Namespace', 'vish-builds'],
    ['builds.createNamespace=false', 'Namespace', 'vish-builds-untrusted'],
    ['builds.admissionPolicy=false', 'ValidatingAdmissionPolicy', 'vish-builds'],
    ['builds.networkPolicy.enabled=false', 'NetworkPolicy', 'vish-builds'],
    ['people.enabled=false', 'ClusterRole', 'vish-deployer'],
    ['people.enabled=false', 'ValidatingAdmissionPolicy', 'vish-actions'],
    ['crds.enabled=false', 'CustomResourceDefinition', 'builds.vish.dev'],
  ])('leaves out what %s makes needless', async (value, kind, name) => {
    expect(find(all, kind, name)).toBeDefined();
    expect(find(await render(value), kind, name)).toBeUndefined();
  });

  it.each([
    ['serviceMonitor', 'ServiceMonitor', 'vish'],
    ['prometheusRule', 'PrometheusRule', 'vish'],
    ['dashboard', 'ConfigMap', 'vish-dashboard'],
  ])('makes what %s.enabled asks for, with the labels that it is found by', async (value, kind, name) => {
    expect(find(all, kind, name)).toBeUndefined();
    const manifest = find(await render(`${value}.enabled=true`, `${value}.labels.release=ours`), kind, name);

    expect(manifest?.metadata).toMatchObject({ namespace: 'vish-system', labels: { release: 'ours' } });
  });

  it('lets nobody into a build, and a build to nothing private but what the settings open, in both namespaces', async () => {
    const policies = ofName(
      await render(
        'settings.outbound.clusterRanges={34.8.0.0/14,2600:1900::/28}',
        'settings.outbound.apiServers={34.1.2.3,api.example.com}',
        'settings.outbound.allow[0].cidr=10.20.0.7',
        'settings.outbound.allow[0].port=5000',
        'settings.outbound.allow[1].cidr=10.30.0.0/16',
        'settings.outbound.allow[1].http=true',
      ),
      'NetworkPolicy',
      'vish-builds',
    );
    const [policy, ofUntrusted] = policies;
    const { ingress, policyTypes, podSelector, egress } = (policy?.spec ?? {}) as PolicySpec;
    const [dns, open, ...holes] = egress ?? [];
    const [v4, v6] = open?.to?.map(({ ipBlock }) => ipBlock?.except) ?? [];

    expect(policies.map(({ metadata }) => metadata.namespace)).toEqual(['vish-builds', 'vish-builds-untrusted']);
    expect(ofUntrusted?.spec).toEqual(policy?.spec);
    expect([podSelector, policyTypes, ingress]).toEqual([{}, ['Ingress', 'Egress'], undefined]);
    expect(dns?.ports?.map(({ port }) => port)).toEqual([53, 53]);
    expect(v4).toEqual(
      expect.arrayContaining(['10.0.0.0/8', '169.254.0.0/16', '100.64.0.0/10', '34.8.0.0/14', '34.1.2.3/32']),
    );
    expect(v6).toContain('2600:1900::/28');
    expect(holes).toEqual([
      { to: [{ ipBlock: { cidr: '10.20.0.7/32' } }], ports: [{ protocol: 'TCP', port: 5000 }] },
      {
        to: [{ ipBlock: { cidr: '10.30.0.0/16' } }],
        ports: [
          { protocol: 'TCP', port: 443 },
          { protocol: 'TCP', port: 80 },
        ],
      },
    ]);
  });

  it('opens no API server, pod or metadata service with the network around it, and nobody for DNS where nobody is named', async () => {
    const policy = find(
      await render(
        'settings.outbound.clusterRanges={10.244.0.0/16,11.0.0.0/16}',
        'settings.outbound.apiServers={10.0.0.5,api.example.com}',
        'settings.outbound.allow[0].cidr=10.0.0.0/8',
        'settings.outbound.allow[1].cidr=100.64.0.0/10',
        'settings.outbound.allow[2].cidr=10.0.0.5',
        'settings.outbound.allow[3].cidr=fd00::/8',
        'builds.networkPolicy.dns=null',
      ),
      'NetworkPolicy',
      'vish-builds',
    );
    const [, ...holes] = (policy?.spec as PolicySpec | undefined)?.egress ?? [];

    expect(holes.map(({ to }) => to?.[0]?.ipBlock)).toEqual([
      { cidr: '10.0.0.0/8', except: ['10.244.0.0/16', '10.0.0.5/32'] },
      { cidr: '100.64.0.0/10', except: ['100.100.100.200/32'] },
      { cidr: '10.0.0.5/32' },
      { cidr: 'fd00::/8' },
    ]);
  });

  it('holds its own pods only when it is asked to, to the ports that they need', async () => {
    expect(find(all, 'NetworkPolicy')).toBeUndefined();
    const policy = find(await render('networkPolicy.enabled=true'), 'NetworkPolicy');
    const { ingress, egress } = (policy?.spec ?? {}) as PolicySpec;

    expect(ingress).toEqual([{ ports: [{ protocol: 'TCP', port: 'metrics' }] }]);
    expect(egress?.map(({ ports }) => ports?.map(({ port }) => port))).toEqual([
      [443, 6443],
      [53, 53],
      [443, 22],
    ]);
  });

  it('has the alerts and the dashboard of config/monitoring', async () => {
    const made = await render('prometheusRule.enabled=true', 'dashboard.enabled=true');
    const rules = parse(readFileSync('config/monitoring/rules.yaml', 'utf8')) as object;
    const dashboard = readFileSync('config/monitoring/dashboard.json', 'utf8');

    expect(find(made, 'PrometheusRule')?.spec).toEqual(rules);
    expect(find(made, 'ConfigMap', 'vish-dashboard')?.data?.['vish.json']?.trim()).toBe(dashboard.trim());
  });

  it('puts rights, policy and namespace where the settings say', async () => {
    const other = await render('settings.builds.namespace=ci');
    const third = await render('settings.builds.namespace=ci', 'settings.builds.untrustedNamespace=forks');
    const binding = find(other, 'ValidatingAdmissionPolicyBinding', 'vish-builds');

    for (const [manifests, untrusted] of [[other, 'ci-untrusted'] as const, [third, 'forks'] as const]) {
      for (const kind of ['Role', 'RoleBinding', 'NetworkPolicy'])
        expect(placesOf(manifests, kind, 'vish-builds')).toEqual(['ci', untrusted]);
      expect(placesOf(manifests, 'Role', 'vish-caches')).toEqual(['ci']);
      expect([find(manifests, 'Namespace', 'ci'), find(manifests, 'Namespace', untrusted)]).not.toContain(undefined);
    }
    expect(JSON.stringify(binding)).toContain('"values":["ci","ci-untrusted"]');
    expect(JSON.stringify(find(other, 'ValidatingAdmissionPolicy', 'vish-secret-copies'))).toContain(
      "in ['ci', 'ci-untrusted']",
    );
  });

  it('lets the operator read the signing keys of the settings by name, beside it and nowhere else', async () => {
    const signing = await render('settings.signatures.trusted=our-key', 'settings.namespaces={team-a}');
    const role = find(signing, 'Role', 'vish-signing');

    expect(role?.metadata.namespace).toBe('vish-system');
    expect(role?.rules).toEqual([
      { apiGroups: [''], resources: ['secrets'], resourceNames: ['our-key'], verbs: ['get'] },
    ]);
    expect(find(all, 'Role', 'vish-signing')).toBeUndefined();
  });

  it('gives Roles in chosen namespaces, with the same rules, and then nothing in the whole cluster', async () => {
    const some = await render('settings.namespaces={team-a,team-b}');
    const { rules } = parse(readFileSync('config/rbac/operator.yaml', 'utf8')) as Manifest;
    const places = some.filter(({ kind, metadata }) => kind === 'Role' && metadata.name === 'vish-operator');

    expect(places.map(({ metadata }) => metadata.namespace)).toEqual(['team-a', 'team-b']);
    for (const place of places) expect(place.rules).toEqual(rules);
    expect(some.filter(({ kind }) => kind === 'ClusterRoleBinding')).toEqual([]);
    expect(find(some, 'ClusterRole', 'vish-operator')).toBeUndefined();
  });

  it('is split by the page on chosen namespaces into what an admin prepares and what needs no rights outside', async () => {
    const page = readFileSync('docs/how-to/chosen-namespaces.md', 'utf8');
    const [values = '', restValues = ''] = blocksOf(page, 'yaml');
    const [[, ...prepare] = []] = commandsOf(page, 'helm');
    const template = async (text: string, args: readonly string[]) => {
      const file = join(folder, 'values.yaml');
      writeFileSync(file, text);
      const words = args.map((word) => (word === 'values.yaml' ? file : word));
      return manifestsOf((await run(helm, ['template', ...words])).stdout);
    };
    const whole = ['vish', chartFolder, '--namespace', 'vish-system', '--values', 'values.yaml'];
    const prepared = await template(values, prepare);
    const rest = await template(restValues, whole);
    const names = (manifests: readonly Manifest[]) =>
      manifests.map(({ kind, metadata: { namespace, name } }) => `${kind} ${namespace}/${name}`).sort();

    expect(names([...prepared, ...rest])).toEqual(names(await template(values, whole)));
    expect(rest.filter(({ metadata }) => metadata.namespace !== 'vish-system')).toEqual([]);
    expect(rest.filter(({ kind }) => kind.includes('Role'))).toEqual([]);
  });

  it.each([
    ['replicas=0', 'minimum'],
    ['replica=2', "'replica' not allowed"],
    ['image.digest=latest', 'sha256'],
    ['log.level=loud', 'debug'],
    ['serviceMonitor.interval=often', 'pattern'],
    ['settings.builds.namespace=A', 'pattern'],
    ['settings.builds.untrustedNamespace=A', 'pattern'],
    ['settings.builds.untrustedNamespace=vish-builds', 'untrusted builds need a namespace of their own'],
    [`settings.builds.namespace=${'a'.repeat(54)}`, 'too long to have -untrusted behind it'],
    ['settings.builds.maxConcurrent=0', '/settings/builds/maxConcurrent'],
    ['settings.builds.memory=lots', '/settings/builds/memory'],
    ['settings.namespaces={A}', '/settings/namespaces'],
    ['settings.build.memory=1Gi', "'build' not allowed"],
    ['networkPolicy.metricsFrom[0].pods=all', "'pods' not allowed"],
  ])('refuses %s', async (value, message) => {
    await expect(render(value)).rejects.toThrow(message);
  });

  it('refuses to protect metrics where it may ask nothing of the whole cluster', async () => {
    const both = render('settings.metrics.protected=true', 'settings.namespaces={team-a}');

    await expect(both).rejects.toThrow('settings.metrics.protected needs a ClusterRole');
  });

  it('is what config/install holds', async () => {
    const [path, content] = await installFile(helm);

    expect(readFileSync(path, 'utf8')).toBe(content);
  });

  it('describes every value', () => {
    const schema = JSON.parse(readFileSync(`${chartFolder}/values.schema.json`, 'utf8')) as Schema;
    const values = parse(readFileSync(`${chartFolder}/values.yaml`, 'utf8')) as Record<string, unknown>;

    expect(Object.keys(values).filter((name) => !schema.properties?.[name]?.description)).toEqual([]);
  });
});

interface Schema {
  description?: string;
  properties?: Record<string, Schema>;
}

describe('the rights', () => {
  const rules = () => all.flatMap((manifest) => manifest.rules ?? []);

  it('have no wildcard and none of the verbs that lead to more rights', () => {
    const words = rules().flatMap(({ apiGroups, resources, verbs }) => apiGroups.concat(resources, verbs));

    expect(words.filter((word) => ['*', 'escalate', 'bind', 'impersonate', 'deletecollection'].includes(word))).toEqual(
      [],
    );
  });

  it('outside of the build namespaces let Secrets be read by name only', () => {
    const secrets = find(all, 'ClusterRole', 'vish-operator')?.rules?.filter(({ resources }) =>
      resources.includes('secrets'),
    );

    expect(secrets).toEqual([{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]);
  });
});

describe('copies of Secrets', () => {
  it('are allowed nowhere by default, and where the values say', async () => {
    const bound = (manifests: readonly Manifest[]) =>
      manifests.filter(({ kind, metadata }) => kind === 'RoleBinding' && metadata.name === 'vish-secret-copies');

    expect(bound(all)).toEqual([]);
    expect(
      bound(await render('secretCopies.namespaces={shop,blog}')).map(({ metadata }) => metadata.namespace),
    ).toEqual(['shop', 'blog']);
  });
});

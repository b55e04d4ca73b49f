import { describe, expect, it } from 'vitest';
import { type DeploymentSpec, type DeploymentSpecInput, deploymentSpec } from '../../../crds/deployment/spec.ts';
import { type Candidate, causeOf, hashOfIdentity, identityOf } from './identity.ts';

function spec(change: Partial<DeploymentSpecInput> = {}): DeploymentSpec {
  return deploymentSpec.parse({ source: { image: 'a.example.com/web:1' }, ...change });
}

function candidate(change: Partial<Candidate> = {}): Candidate {
  const artifact = { from: 'Build', image: 'a.example.com/web@sha256:1', commit: 'c1' } as const;
  return { artifact, spec: spec(), held: [], restartedAt: undefined, ...change };
}

const settings = { kind: 'ConfigMap', name: 'settings', track: true, keys: [] } as const;
const secret = { kind: 'Secret', name: 'password', track: true, keys: [] } as const;
const hash = (change?: Partial<Candidate>) => hashOfIdentity(identityOf(candidate(change)));

describe('the hash of a release', () => {
  it.each<[string, Partial<DeploymentSpecInput>]>([
    ['scale', { workload: { scale: { replicas: 7 } } }],
    ['strategy', { strategy: { type: 'Recreate' } }],
    ['pause', { paused: true, suspend: true, historyLimit: 3 }],
    ['disruption budget', { target: { cluster: { disruptionBudget: 'None' } } }],
  ])('is the same with another %s', (_, change) => {
    expect(hash({ spec: spec(change) })).toBe(hash());
  });

  it.each<[string, Partial<Candidate>]>([
    ['image', { artifact: { from: 'Build', image: 'a.example.com/web@sha256:2', commit: 'c2' } }],
    ['variable', { spec: spec({ workload: { env: [{ name: 'A', value: 'b' }] } }) }],
    ['setting of the place', { spec: spec({ target: { cluster: { drainSeconds: 9 } } }) }],
    ['content of a ConfigMap', { held: [{ ...settings, digest: 'x' }] }],
    ['restart', { restartedAt: '2026-01-01T00:00:00Z' }],
  ])('is another one with another %s', (_, change) => {
    expect(hash(change)).not.toBe(hash());
  });

  it('does not follow the order of keys, nor the commit of an equal image', () => {
    const reordered = Object.fromEntries(Object.entries(spec()).toReversed()) as DeploymentSpec;
    const sameImage = { from: 'Build', image: 'a.example.com/web@sha256:1', commit: 'c2' } as const;

    expect(hash({ spec: reordered, artifact: sameImage })).toBe(hash());
  });

  it('follows the login of the Project, while the Deployment names none of its own', () => {
    const artifact = { from: 'Build', image: 'a.example.com/web@sha256:1', commit: 'c1', pullSecret: 'push' } as const;
    const own = spec({ target: { cluster: { imagePullSecrets: [{ name: 'own' }] } } });

    expect(hash({ artifact })).not.toBe(hash());
    expect(hash({ artifact, spec: own })).toBe(hash({ spec: own }));
  });

  it('does not follow what is not tracked', () => {
    expect(hash({ held: [{ ...settings, track: false }] })).toBe(hash());
  });
});

it.each<[string, Partial<Candidate>]>([
  ['Commit', { artifact: { from: 'Build', image: 'a.example.com/web@sha256:2', commit: 'c2' } }],
  ['Spec', { artifact: { from: 'Reference', reference: 'a.example.com/web:2' } }],
  ['Spec', { spec: spec({ workload: { port: 80 } }) }],
  ['ConfigMap', { held: [{ ...settings, digest: 'x' }] }],
  ['Restart', { held: [{ ...secret, digest: 'x' }] }],
  ['Secret', { held: [{ ...secret, digest: 'x' }], spec: spec({ onSecretChange: 'Release' }) }],
  ['Restart', { restartedAt: '2026-01-01T00:00:00Z' }],
])('says that %s started a release', (cause, change) => {
  const next = candidate(change);

  expect(causeOf(identityOf(next), identityOf(candidate()), next)).toBe(cause);
});

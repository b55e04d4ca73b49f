import { expect, it } from 'vitest';
import { MemoryClient } from '../../../../test/support/memory-client.ts';
import { deployment } from '../../../crds/deployment/deployment.ts';
import { project } from '../../../crds/project/project.ts';
import { secrets } from '../../../objects/core.ts';
import { ManualClock } from '../../../seams/manual-clock.ts';
import { SourceError } from '../../../source/errors.ts';
import type { FollowRequest } from '../../../source/follow/follower.ts';
import { followSource } from './source.ts';

const known = { commit: 'a'.repeat(40), repositoryId: 'git.example.com/acme/shop' };
const apiVersion = 'vish.dev/v1alpha1';
const stored = (name: string) => ({ namespace: 'shop', name, uid: `uid-${name}`, resourceVersion: '1' });

function aRequest(git: object = {}) {
  const source = { git: { url: 'https://git.example.com/acme/shop.git', pollSeconds: 30, ...git } };
  const spec = { source, image: { repository: 'registry.example.com/shop' } };
  const ofProject = project.schema.parse({ apiVersion, kind: 'Project', metadata: stored('shop'), spec });
  const web = { source: { image: 'registry.example.com/web:1' } };
  const ofDeployment = deployment.schema.parse({ apiVersion, kind: 'Deployment', metadata: stored('web'), spec: web });
  return {
    project: { ...ofProject, metadata: stored('shop') },
    deployment: { ...ofDeployment, metadata: { ...stored('web'), annotations: { 'vish.dev/wake': '7' } } },
    ref: { branch: 'main' },
    signal: new AbortController().signal,
  };
}

function aSource(error?: SourceError) {
  const client = new MemoryClient();
  const clock = new ManualClock();
  const asked: FollowRequest[] = [];
  const look = async (request: FollowRequest) => {
    asked.push(request);
    return { known, readAt: 0, error, nextLookMs: 30_000 };
  };
  return { client, clock, asked, lookAtSource: followSource({ client, clock, follower: { look } }) };
}

it('follows the ref of the Project, at its pace and by its wishes', async () => {
  const { asked, lookAtSource } = aSource();

  const look = await lookAtSource(aRequest());

  expect(look).toEqual({ known, error: undefined, nextLookMs: 30_000 });
  expect(asked[0]).toMatchObject({ ref: { branch: 'main' }, pollMs: 30_000, wakes: [{ from: 'uid-web', value: '7' }] });
});

it('reads the login at most once a minute', async () => {
  const { client, clock, asked, lookAtSource } = aSource();
  await client.create(secrets, { metadata: { namespace: 'shop', name: 'git' }, data: { token: btoa('abc') } });
  const request = aRequest({ credentialsRef: { name: 'git' } });
  await lookAtSource(request);
  await lookAtSource(request);
  await clock.advance(60_000);
  await lookAtSource(request);

  expect(asked.map(({ credentials }) => credentials?.kind)).toEqual(['Http', 'Http', 'Http']);
  expect(client.requests.filter((each) => each.startsWith('get secrets'))).toHaveLength(2);
});

it('passes on why the host gave no answer, and says when the login is missing', async () => {
  const { lookAtSource } = aSource(new SourceError('SourceUnreachable', 'no answer'));

  const { error } = await lookAtSource(aRequest());

  expect(error).toEqual({ reason: 'SourceUnreachable', message: 'no answer' });
  await expect(lookAtSource(aRequest({ credentialsRef: { name: 'gone' } }))).rejects.toMatchObject({
    reason: 'CredentialsMissing',
  });
});

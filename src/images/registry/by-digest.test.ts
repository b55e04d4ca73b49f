import { expect, it } from 'vitest';
import { imageByDigest } from './by-digest.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const asked: string[] = [];

/** A registry where `latest` and `v1` exist. */
const open = ({ host, repository }: { host: string; repository: string }) => ({
  digestOf: async (tag: string) => {
    asked.push(`${host} ${repository} ${tag}`);
    return ['latest', 'v1'].includes(tag) ? digest : undefined;
  },
  shown: (tag: string) => `${host}/${repository}:${tag}`,
});

it.each([
  ['r.test:5000/acme/app:v1', `r.test:5000/acme/app@${digest}`, 'r.test:5000 acme/app v1'],
  ['r.test:5000/acme/app', `r.test:5000/acme/app@${digest}`, 'r.test:5000 acme/app latest'],
  ['nginx:v1', `nginx@${digest}`, 'registry-1.docker.io library/nginx v1'],
])('asks what %s is now', async (text, image, question) => {
  asked.length = 0;

  expect(await imageByDigest(text, open)).toBe(image);
  expect(asked).toEqual([question]);
});

it.each([`r.test/app@${other}`, `r.test/app:v1@${other}`])('asks nothing about %s', async (text) => {
  asked.length = 0;

  expect(await imageByDigest(text, open)).toBe(`r.test/app@${other}`);
  expect(asked).toEqual([]);
});

it('says that a tag does not exist', async () => {
  await expect(imageByDigest('r.test/app:nope', open)).rejects.toMatchObject({
    reason: 'SourceNotFound',
    message: 'r.test/app:nope does not exist; correct source.image, or push it there',
  });
});

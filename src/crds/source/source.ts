import { z } from 'zod';
import { seconds } from '../fields/numbers.ts';
import { reference } from '../fields/references.ts';
import { exactlyOne } from '../fields/rules.ts';
import { commit, gitUrl, imageReference, refName } from '../fields/urls.ts';

/** The repository of a Project. */
export const gitSource = z.strictObject({
  url: gitUrl().describe(
    'Where the repository is: https://host/path.git, ssh://user@host/path.git or user@host:path.git.',
  ),
  credentialsRef: reference(
    'Secret with `token`, with `username` and `password`, or with `ssh-privatekey` and `known_hosts`',
  )
    .optional()
    .describe('Credentials to read the repository. Default none: a public repository, not over ssh.'),
  pollSeconds: seconds(10, 86_400)
    .default(60)
    .describe('Time between two looks at the repository when nothing wakes the operator. Default 60.'),
});

/** What a service follows inside the repository. Environments of a Project have the same three fields. */
export const refFields = {
  branch: refName().optional().describe('Follow this branch: each new commit is a new release.'),
  tag: refName().optional().describe('Use this tag; a release follows when it is moved.'),
  commit: commit().optional().describe('Use exactly this commit.'),
};

/** What a Deployment runs. */
export const source = exactlyOne(
  z.strictObject({
    ...refFields,
    image: imageReference()
      .optional()
      .describe('Run this image and build nothing. A tag is resolved to a digest once per release.'),
  }),
  ['branch', 'tag', 'commit', 'image'],
  'set exactly one of branch, tag, commit and image',
);

export type GitSource = z.output<typeof gitSource>;
export type Source = z.output<typeof source>;

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlOnMachine, usual } from '../../hack/git-server/manifests.ts';
import { run } from '../../hack/lib/run.ts';

/** Answers as the sample does, from a base of two megabytes: for what is built again and again without a warm cache. */
const small = `FROM busybox
RUN mkdir /www && echo ok > /www/healthz
USER 1000
EXPOSE 8080
CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]
`;

/** A clone of the sample from the git server in the cluster. */
export async function cloneSample() {
  const folder = await mkdtemp(join(tmpdir(), 'bench-shop-'));
  const identity = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.com'];
  const git = (...args: string[]) => run('git', [...identity, ...args], { cwd: folder });
  await git('clone', '--quiet', urlOnMachine(usual), '.');
  const commit = async (file: string, content: string): Promise<string> => {
    await writeFile(join(folder, file), content);
    await git('commit', '--quiet', '--all', '--allow-empty', `--message=${file}`);
    return (await git('rev-parse', 'HEAD')).stdout.trim();
  };
  return {
    folder,
    async commitVersion(version: string): Promise<string> {
      const program = await readFile(join(folder, 'server.js'), 'utf8');
      return commit('server.js', program.replace(/version \d+/, version));
    },
    commitSmall: () => commit('Dockerfile', small),
    push: (branch: string) => git('push', '--quiet', '--force', 'origin', `HEAD:refs/heads/${branch}`),
    remove: () => rm(folder, { recursive: true }),
  };
}

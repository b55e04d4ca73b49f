import { run } from '../../../lib/run.ts';

export interface Inside {
  /** The tree to run in: a folder of its own, or the mount point of the overlay. */
  root: string;
  /** Changes go to `upper`, the tree in `lower` stays as it is. Default: changes go to `root` itself. */
  overlay?: { lower: string; upper: string; work: string };
  script: string;
  /** Default: 15 minutes. */
  timeoutMs?: number | undefined;
}

/**
 * Everything is mounted inside a mount and process namespace of its own: when the script ends, or this process is
 * killed, the kernel takes the mounts and what still runs away. The machine itself never sees a mount.
 */
const enter = `
set -eu
root=$1 lower=$2 upper=$3 work=$4 script=$5
if [ -n "$lower" ]; then mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work" "$root"; fi
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
for name in resolv.conf hosts; do
  if [ -e "/etc/$name" ] && [ -e "$root/etc/$name" ]; then mount --bind "/etc/$name" "$root/etc/$name"; fi
done
exec chroot "$root" /bin/sh -euc "$script"
`;

/** The kernel ends `unshare` with this process, even after kill -9, and everything in the namespace with `unshare`. */
const apart = ['--pdeathsig', 'KILL', 'unshare', '--mount', '--mount-proc', '--pid', '--fork', '--kill-child'];

/** Runs a shell script as root inside a tree and gives what it printed. Needs root. */
export async function runInside({ root, overlay, script, timeoutMs }: Inside): Promise<string> {
  const folders = overlay ? [overlay.lower, overlay.upper, overlay.work] : ['', '', ''];
  return runApart(['sh', '-c', enter, 'sh', root, ...folders, script], timeoutMs);
}

/** Runs a program of this machine where its mounts and processes end with it. */
export async function runApart(command: readonly string[], timeoutMs = 900_000): Promise<string> {
  return (await run('setpriv', [...apart, ...command], { timeoutMs, env: environment() })).stdout;
}

/** A fixed environment, so that what a maker has in theirs does not change an image; only proxies are needed. */
function environment(): NodeJS.ProcessEnv {
  const proxies = Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name));
  return {
    ...Object.fromEntries(proxies),
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LC_ALL: 'C.UTF-8',
    DEBIAN_FRONTEND: 'noninteractive',
  };
}

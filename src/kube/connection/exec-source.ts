import type { Clock } from '../../seams/clock.ts';
import { checkExec, type ExecCredential, type ExecPluginOptions, runExecPlugin } from './exec-plugin.ts';

export interface ExecReading extends ExecCredential {
  renewAt: number | undefined;
}

/** `refused`: the server did not accept the last one. */
export type ExecSource = (refused: boolean) => Promise<ExecReading>;

const maxMarginMs = 60_000;
const minIntervalMs = 5_000;

/** Keeps what the plugin gave until shortly before it expires, because a plugin may ask the network or a key store. */
export function createExecSource(options: ExecPluginOptions): ExecSource {
  checkExec(options.exec, options.origin);
  const { clock } = options;
  let last: ExecReading | undefined;
  let lastRunAt = Number.NEGATIVE_INFINITY;

  return async (refused) => {
    const mayRun = clock.monotonic() - lastRunAt >= minIntervalMs;
    if (last && (holds(last, clock) ? !(refused && mayRun) : !mayRun)) return last;
    lastRunAt = clock.monotonic();
    const credential = await runExecPlugin(options);
    last = { ...credential, renewAt: renewAt(credential.expiresAt, clock.now()) };
    return last;
  };
}

function holds({ renewAt }: ExecReading, clock: Clock): boolean {
  return renewAt === undefined || clock.now() < renewAt;
}

/** A minute before the end, or a fifth of the time for those that live only minutes. */
function renewAt(expiresAt: number | undefined, now: number): number | undefined {
  return expiresAt === undefined ? undefined : expiresAt - Math.min(maxMarginMs, Math.max(0, expiresAt - now) / 5);
}

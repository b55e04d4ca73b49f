import { done, formatKey, type Reconcile, type Result } from '../../kube/index.ts';
import { noteActions } from './actions/note.ts';
import { keepMeasuring } from './checks/measure.ts';
import { holdOpen, remove } from './deletion.ts';
import { carryOut, settle } from './hand-over/carry-out.ts';
import type { Look } from './look.ts';
import { Obstacle } from './obstacle.ts';
import type { Parts } from './parts.ts';
import { bindingOf } from './place/binding.ts';
import { remember } from './place/memory.ts';
import { rollOut, standStill } from './place/rollout.ts';
import type { Binding } from './ports.ts';
import { collectSurplus } from './release/collect.ts';
import { takeBackOrphans } from './release/orphans.ts';
import { lookAgainIn } from './requeue.ts';
import { nextStatus, refusedStatus } from './status/status.ts';
import { type Wish, wishOf } from './wish/wish.ts';

/** The caches show it sooner, and that is a look of its own. */
const takenBackMs = 1000;

/** One look at a Deployment: what is asked, which release is wanted, what the place does with it, what to tell. */
export function createReconcile(parts: Parts): Reconcile {
  return async (key, { signal, log }) => {
    const deployment = parts.stores.deployments.store.get(formatKey(key));
    const isGoing = deployment === undefined || deployment.metadata.deletionTimestamp !== undefined;
    if (isGoing) forget(parts, formatKey(key));
    if (deployment === undefined) return done;
    const found = parts.lookAt(deployment, { signal, log });
    if (deployment.metadata.deletionTimestamp !== undefined) return remove(parts, found);
    const look = await noteActions(parts, found);
    if (look === undefined) return done;
    const { handOver } = look.deployment.status ?? {};
    if (handOver?.finishedAt !== undefined) return settle(parts, look, handOver);
    const binding = bindingOf(parts.findTarget, look.deployment);
    if (binding instanceof Obstacle) return refuse(parts, look, binding);
    if (handOver !== undefined) return carryOut(parts, look, handOver, binding);
    const open = await holdOpen(parts.client, look.deployment, { binding, signal });
    const ready = { ...look, deployment: open };
    return (await takeBackOrphans(ready)) ? { requeueAfterMs: takenBackMs } : release(parts, ready, binding);
  };
}

/** The way of a release: wanted, made, moved to, told, and the oldest ones forgotten. */
async function release(parts: Parts, before: Look, binding: Binding): Promise<Result> {
  const { status = {} } = before.deployment;
  const wish = await wishOf(before, binding.target, status);
  const look = { ...before, releases: withWanted(before, wish) };
  const rollout = await rollOut(look, binding, { wish, status });
  const collected = await collectSurplus(look, binding.target, { ...rollout, wanted: wish.wanted?.number });
  const next = nextStatus(look, { ...rollout, wish, gone: collected.numbers });
  await parts.writeStatus(look, { ...next, ...remember(binding, rollout.memory) }, rollout.decision.summary);
  look.clockLook.settle();
  const measureMs = keepMeasuring(look, rollout.decision);
  const { lookAgainAt } = rollout.decision;
  const deadlineMs = lookAgainAt && lookAgainAt.getTime() - parts.clock.now();
  return lookAgainIn(
    wish.lookAgainMs,
    rollout.lookAgainMs,
    collected.lookAgainMs,
    deadlineMs,
    measureMs,
    binding.pollMs,
  );
}

/** Nothing is asked of the place: what runs there runs on as it is. */
async function refuse(parts: Parts, look: Look, { finding, lookAgainMs }: Obstacle): Promise<Result> {
  const decision = standStill(look, { wish: {}, status: look.deployment.status ?? {} });
  await parts.writeStatus(look, refusedStatus(look, decision, finding), finding);
  look.clockLook.settle();
  return lookAgainIn(lookAgainMs);
}

function forget({ measurer, jumps }: Parts, key: string): void {
  measurer.forget(key);
  jumps.forget(key);
}

function withWanted({ releases }: Look, { wanted }: Wish): Look['releases'] {
  const isKnown = wanted === undefined || releases.some(({ name }) => name === wanted.name);
  return isKnown ? releases : [wanted, ...releases];
}

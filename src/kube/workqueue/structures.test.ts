import { expect, it } from 'vitest';
import { fc } from '../../../test/support/properties.ts';
import { Fifo } from './fifo.ts';
import { IndexedHeap } from './indexed-heap.ts';

interface Node {
  value: number;
  heapIndex: number;
}

const step = fc.record({
  act: fc.constantFrom('push' as const, 'pop' as const, 'remove' as const, 'change' as const),
  pick: fc.nat(1000),
  value: fc.integer({ min: 0, max: 50 }),
});

it('the heap pops the least node after any pushes, removals and changes', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new IndexedHeap<Node>((a, b) => a.value < b.value);
      const model: Node[] = [];
      for (const { act, pick, value } of steps) {
        const chosen = model[pick % Math.max(1, model.length)];
        if (act === 'push') model.push(pushed(heap, value));
        else if (act === 'pop') forget(model, popped(heap, model));
        else if (chosen !== undefined) forget(model, changed(heap, chosen, act === 'change' ? value : undefined));
        expect(heap.size).toBe(model.length);
      }
      const rest = Array.from({ length: heap.size }, () => heap.pop()?.value);
      expect(rest).toEqual(model.map((node) => node.value).toSorted((a, b) => a - b));
    }),
  );
});

function pushed(heap: IndexedHeap<Node>, value: number): Node {
  const node = { value, heapIndex: -1 };
  heap.push(node);
  return node;
}

function popped(heap: IndexedHeap<Node>, model: Node[]): Node | undefined {
  const node = heap.pop();
  const least = model.length === 0 ? undefined : Math.min(...model.map(({ value }) => value));
  expect(node?.value).toBe(least);
  return node;
}

/** Changes the order of a node, or removes it when there is no new value. */
function changed(heap: IndexedHeap<Node>, node: Node, value: number | undefined): Node | undefined {
  if (value === undefined) {
    heap.remove(node);
    return node;
  }
  node.value = value;
  heap.update(node);
  return undefined;
}

function forget(model: Node[], node: Node | undefined): void {
  if (node !== undefined) model.splice(model.indexOf(node), 1);
}

it('the fifo gives back what was pushed, in order, over any mix of pushes and pops', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 600 }), (pushes) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      const got: (number | undefined)[] = [];
      const wanted: (number | undefined)[] = [];
      for (const [index, push] of pushes.entries()) {
        if (push) {
          fifo.push(index);
          model.push(index);
        } else {
          got.push(fifo.pop());
          wanted.push(model.shift());
        }
      }
      expect(got).toEqual(wanted);
      expect(fifo.size).toBe(model.length);
    }),
  );
});

it('the fifo lets go of what was taken, when it was never empty in between', () => {
  const fifo = new Fifo<number>();
  fifo.push(-1);

  const taken = Array.from({ length: 10_000 }, (_, index) => {
    fifo.push(index);
    return fifo.pop();
  });

  expect(taken.slice(0, 3)).toEqual([-1, 0, 1]);
  expect(fifo.size).toBe(1);
});

/** What a heap keeps in its nodes, so that a node in the middle is found without a search. */
export interface HeapNode {
  /** Place in the heap's array; -1 outside of it. Only the heap writes it. */
  heapIndex: number;
}

/**
 * A binary heap whose nodes know their place: O(log n) for push, pop, remove and a changed order. A key that is added
 * again moves within the queue, so a heap that can only pop would not do.
 */
export class IndexedHeap<T extends HeapNode> {
  private readonly nodes: T[] = [];
  private readonly before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.before = before;
  }

  get size(): number {
    return this.nodes.length;
  }

  peek(): T | undefined {
    return this.nodes[0];
  }

  push(node: T): void {
    this.nodes.push(node);
    this.rise(node, this.nodes.length - 1);
  }

  pop(): T | undefined {
    const first = this.nodes[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  remove(node: T): void {
    const gap = node.heapIndex;
    const last = this.nodes.pop();
    node.heapIndex = -1;
    if (last === undefined || last === node) return;
    last.heapIndex = gap;
    this.nodes[gap] = last;
    this.update(last);
  }

  /** Puts a node whose order changed back in place. */
  update(node: T): void {
    this.rise(node, node.heapIndex);
    this.sink(node, node.heapIndex);
  }

  private rise(node: T, from: number): void {
    let index = from;
    while (index > 0) {
      const parent = this.at((index - 1) >> 1);
      if (!this.before(node, parent)) break;
      index = this.swapUp(parent, index);
    }
    this.place(node, index);
  }

  private sink(node: T, from: number): void {
    let index = from;
    for (let child = this.firstChild(index); child !== undefined; child = this.firstChild(index)) {
      if (!this.before(child, node)) break;
      const next = child.heapIndex;
      this.place(child, index);
      index = next;
    }
    this.place(node, index);
  }

  private firstChild(index: number): T | undefined {
    const left = this.nodes[2 * index + 1];
    const right = this.nodes[2 * index + 2];
    if (left === undefined || right === undefined) return left;
    return this.before(right, left) ? right : left;
  }

  private swapUp(parent: T, index: number): number {
    const parentIndex = parent.heapIndex;
    this.place(parent, index);
    return parentIndex;
  }

  private place(node: T, index: number): void {
    this.nodes[index] = node;
    node.heapIndex = index;
  }

  private at(index: number): T {
    return this.nodes[index] as T;
  }
}

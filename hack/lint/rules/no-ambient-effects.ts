import { relative, sep } from 'node:path';
import type { Context, ESTree, Rule } from '@oxlint/plugins';

const advice = 'Take a Clock from src/seams/clock.ts as a parameter';

const globals: Readonly<Record<string, string>> = {
  setTimeout: `${advice} and call clock.setTimeout, so that tests can move time.`,
  setInterval: `${advice} and re-arm clock.setTimeout; an interval piles up work when a run is slow.`,
  fetch: 'Use the transport of src/kube for the API server and src/outbound for every URL that comes from a user.',
};

const members: Readonly<Record<string, string>> = {
  'Date.now': `${advice} and call clock.now.`,
  'performance.now': `${advice} and call clock.monotonic.`,
  'Math.random': 'Take a Random from src/seams/random.ts as a parameter, so that a failing run can be repeated.',
  'globalThis.fetch': globals['fetch'] ?? '',
  'globalThis.setTimeout': globals['setTimeout'] ?? '',
};

const modules: Readonly<Record<string, string>> = {
  'node:timers': globals['setTimeout'] ?? '',
  'node:timers/promises': `${advice} and use sleep from src/seams/clock.ts.`,
};

/** The only files that may touch the machine's clock and randomness: everything else gets them passed in. */
const adapters = new Set(['src/seams/system.ts']);

export const noAmbientEffects: Rule = {
  create(context: Context) {
    if (adapters.has(relative(context.cwd, context.filename).split(sep).join('/'))) return {};
    const report = (node: ESTree.Node, message: string | undefined) => {
      if (message !== undefined) context.report({ node, message });
    };
    return {
      CallExpression: (node) => {
        if (node.callee.type === 'Identifier') report(node, own(globals, node.callee.name));
      },
      MemberExpression: (node) => report(node, own(members, memberName(node))),
      NewExpression: (node) => {
        const bareDate =
          node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0;
        if (bareDate) report(node, `${advice} and write new Date(clock.now()).`);
      },
      ImportDeclaration: (node) => report(node, own(modules, node.source.value)),
    };
  },
};

function memberName(node: ESTree.MemberExpression): string {
  const { object, property } = node;
  if (object.type !== 'Identifier' || property.type !== 'Identifier') return '';
  return `${object.name}.${property.name}`;
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

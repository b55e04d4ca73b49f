import type { Analysis } from './analyse.ts';
import type { ImageSettings } from './plan/base-images.ts';
import { type Fact, shown } from './plan/fact.ts';
import { imagesOf } from './plan/images.ts';
import type { Plan } from './plan/plan.ts';

/** An analysis for people: each finding with where it comes from. */
export function describe(analysis: Analysis, settings?: ImageSettings): string[] {
  switch (analysis.kind) {
    case 'Dockerfile': {
      const { file, context, stage, port, user } = analysis;
      return table([
        ['Dockerfile', file],
        ['context', context],
        ['stage', stage],
        ['port', port],
        ['user', user],
      ]);
    }
    case 'Unknown':
      return [
        analysis.message,
        ...(analysis.lookedFor.length === 0
          ? []
          : ['Looked for, in this order:', ...analysis.lookedFor.map((name) => `  ${name}`)]),
        'A file called Dockerfile always works; it can begin like this:',
        ...analysis.suggestion.map((line) => `  ${line}`),
      ];
    default:
      return describePlan(analysis.plan, settings);
  }
}

function describePlan(plan: Plan, settings: ImageSettings | undefined): string[] {
  const variables = plan.variables.map(
    ({ value, secret, atBuild, source, evidence }) =>
      `  ${value}${secret ? ' (secret)' : ''}${atBuild ? ' (at build, by build.args)' : ''}  <- ${source}: ${evidence}`,
  );
  return [
    ...table([
      ['language', plan.language],
      ['version', plan.version],
      ['framework', plan.framework],
      ['packages', plan.packageManager],
      ...imagesOf(plan, settings).map((image): Row => ['image', image]),
      ['context', plan.context],
      ['install', plan.install],
      ['build', plan.build],
      ['output', plan.output],
      ['start', { ...plan.start, value: command(plan.start.value) }],
      ['port', plan.port],
      ['health', plan.health],
      ['user', plan.user],
      ...plan.caches.map((cache): Row => ['cache', cache]),
    ]),
    ...(variables.length === 0 ? [] : ['environment that the code reads:', ...variables]),
    ...plan.notes.map((note) => `note: ${note}`),
  ];
}

type Row = readonly [name: string, fact: Fact<string | number> | undefined];

function table(rows: readonly Row[]): string[] {
  return rows.flatMap(([name, fact]) =>
    fact === undefined || fact.value === ''
      ? []
      : [`${name.padEnd(10)} ${shown(String(fact.value))}  <- ${fact.source}: ${fact.evidence}`],
  );
}

function command(words: readonly string[]): string {
  return words[0] === 'sh' && words[1] === '-c' ? (words[2] ?? '') : words.join(' ');
}

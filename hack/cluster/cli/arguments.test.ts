import { expect, it } from 'vitest';
import { parseCommandLine, UsageError } from './arguments.ts';

const nothing = { operands: [], follow: false, json: false };
const full = { name: 'vish', apiOnly: false, hollowNodes: 0 };

it.each([
  ['up', { ...nothing, action: 'up', request: full }],
  ['up --name a-b', { ...nothing, action: 'up', request: { ...full, name: 'a-b' } }],
  ['--name=a up', { ...nothing, action: 'up', request: { ...full, name: 'a' } }],
  ['up --api-only --hollow 5', { ...nothing, action: 'up', request: { ...full, apiOnly: true, hollowNodes: 5 } }],
  ['up --context prod', { ...nothing, action: 'up', request: { ...full, context: 'prod' } }],
  ['load a.tar b.tar', { ...nothing, action: 'load', request: full, operands: ['a.tar', 'b.tar'] }],
  ['logs etcd -f', { ...nothing, action: 'logs', request: full, operands: ['etcd'], follow: true }],
  ['status --json', { ...nothing, action: 'status', request: full, json: true }],
  ['help', { ...nothing, action: 'help', request: full }],
  ['--help', { ...nothing, action: 'help', request: full }],
  ['up -h', { ...nothing, action: 'help', request: full }],
])('reads "%s"', (line, expected) => {
  expect(parseCommandLine(line.split(' '))).toEqual(expected);
});

it.each([
  ['', 'no action was given: write one of up, down, status, env, load, logs, reset, help; --help explains them'],
  ['start', 'unknown action "start": write one of up,'],
  ['up --nmae x', 'unknown option "--nmae": there are --name, --api-only,'],
  ['up -x', 'unknown option "-x": there are'],
  ['up --name', '--name needs a value'],
  ['up --name --api-only', '--name needs a value'],
  ['up --name=', '--name needs a value'],
  ['up --name ../etc', '"../etc" is not a cluster name: use 1 to 30 lower-case letters'],
  ['up --api-only=yes', '--api-only takes no value: write --api-only alone'],
  ['up staging', 'up does not take "staging": for another cluster write --name staging'],
  ['logs etcd kwok', 'logs does not take "kwok": name one component, or none for all'],
  ['load', 'load needs at least one image archive'],
  ['up --hollow 3', '--hollow needs --api-only: a full cluster has a real node'],
  ['up --api-only --hollow many', '--hollow many: write a number from 0 to 1000'],
  ['up --api-only --hollow 1e2', '--hollow 1e2: write a number from 0 to 1000'],
  ['up --api-only --hollow 1001', '--hollow 1001: write a number from 0 to 1000'],
  ['up --context prod --api-only', '--context names a cluster that exists: leave out --api-only'],
  ['status --context prod', '--context has no meaning for status: it goes with up'],
  ['up --follow', '--follow has no meaning for up: it goes with logs'],
  ['down --json', '--json has no meaning for down: it goes with status'],
])('refuses "%s" and says what to write', (line, message) => {
  const parse = () => parseCommandLine(line.split(' ').filter(Boolean));

  expect(parse).toThrow(UsageError);
  expect(parse).toThrow(message);
});

import { expect, it } from 'vitest';
import { parseOptions, usage } from './options.ts';

it('has a default for everything', () => {
  expect(parseOptions([])).toEqual({
    config: undefined,
    kubeconfig: undefined,
    context: undefined,
    namespace: undefined,
    leaderElect: true,
    healthPort: 8081,
    metricsPort: 8080,
    logLevel: 'info',
    logFormat: 'json',
  });
});

it('reads every flag', () => {
  const flags = ['--config=/c', '--kubeconfig=/k', '--context=dev', '--leader-elect=false', '--namespace=ops'];
  const more = ['--health-port=0', '--metrics-port=9090', '--log-level=debug', '--log-format=text'];

  expect(parseOptions([...flags, ...more])).toEqual({
    config: '/c',
    kubeconfig: '/k',
    context: 'dev',
    namespace: 'ops',
    leaderElect: false,
    healthPort: 0,
    metricsPort: 9090,
    logLevel: 'debug',
    logFormat: 'text',
  });
});

it.each([
  [['--leader-elect=no'], '--leader-elect=no: use one of true, false'],
  [['--health-port=http'], '--health-port=http: use a port from 0 to 65535'],
  [['--metrics-port=70000'], '--metrics-port=70000: use a port'],
  [['--log-format=xml'], '--log-format=xml: use one of json, text'],
  [['--log-level=loud'], 'loud'],
  [['--namespcae=x'], "Unknown option '--namespcae'"],
])('refuses %j and says what to write', (args, message) => {
  expect(() => parseOptions(args)).toThrow(message);
});

it('the usage names every flag', () => {
  const flags = [
    'kubeconfig',
    'context',
    'leader-elect',
    'namespace',
    'health-port',
    'metrics-port',
    'log-level',
    'log-format',
  ];

  expect(flags.filter((flag) => !usage.includes(`--${flag}`))).toEqual([]);
});

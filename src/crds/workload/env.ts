import { z } from 'zod';
import { atomicList, listMap } from '../fields/lists.ts';
import { dataKey, objectName } from '../fields/names.ts';
import { atMostOne, exactlyOne } from '../fields/rules.ts';
import { text } from '../fields/text.ts';

const envName = () =>
  text(253, {
    matches: {
      pattern: '^[A-Za-z_][A-Za-z0-9_.]*$',
      message: "write a variable name: letters, digits, '_' and '.', not starting with a digit, such as LOG_LEVEL",
    },
  });

export const track = () =>
  z
    .boolean()
    .optional()
    .describe(
      'False keeps the content out of releases: a change starts none and a rollback does not restore it. Default true.',
    );

const keyOf = (what: string) =>
  z.strictObject({
    name: objectName().describe(`Name of the ${what}, in this namespace.`),
    key: dataKey().describe(`Key of the ${what}'s data.`),
    track: track(),
  });

const valueFrom = exactlyOne(
  z.strictObject({
    configMapKeyRef: keyOf('ConfigMap')
      .optional()
      .describe('Value of one key of a ConfigMap, copied into each release.'),
    secretKeyRef: keyOf('Secret').optional().describe('Value of one key of a Secret; see onSecretChange.'),
  }),
  ['configMapKeyRef', 'secretKeyRef'],
  'set exactly one of configMapKeyRef and secretKeyRef',
);

const variable = atMostOne(
  z.strictObject({
    name: envName().describe('Name of the variable.'),
    value: text(8192, { min: 0 })
      .optional()
      .describe('Plain value, readable by everyone who can read this object. Default empty.'),
    valueFrom: valueFrom.optional().describe('Value from a ConfigMap or a Secret instead of `value`.'),
  }),
  ['value', 'valueFrom'],
  'set value or valueFrom, not both',
);

const source = (what: string) =>
  z.strictObject({ name: objectName().describe(`Name of the ${what}, in this namespace.`), track: track() });

const variables = exactlyOne(
  z.strictObject({
    prefix: envName().optional().describe('Put in front of each name. Default none.'),
    configMapRef: source('ConfigMap').optional().describe('Every key of a ConfigMap.'),
    secretRef: source('Secret').optional().describe('Every key of a Secret; see onSecretChange.'),
  }),
  ['configMapRef', 'secretRef'],
  'set exactly one of configMapRef and secretRef',
);

export const env = () =>
  listMap(variable, { max: 256 }).optional().describe('Environment variables. They win over envFrom. Default none.');

/** Order counts (a later entry wins), so the list is atomic and has no defaults inside. */
export const envFrom = () =>
  atomicList(variables, { max: 32 })
    .optional()
    .describe('Whole ConfigMaps and Secrets as variables; a later entry wins. Default none.');

import type { PolicySpec } from '../../kinds.ts';
import type { Addresses, PodName } from '../cast.ts';

export interface Recipe {
  readonly name: string;
  /** By name of the namespace; each becomes a policy of its own. */
  readonly policies: (address: Addresses) => readonly [namespace: 'shop' | 'team', spec: PolicySpec][];
  /** `FROM > TO:PORT` */
  readonly allowed: readonly Connection[];
  readonly refused: readonly Connection[];
}

export type Connection = `${PodName} > ${PodName | 'node'}:${number | 'registry'}`;

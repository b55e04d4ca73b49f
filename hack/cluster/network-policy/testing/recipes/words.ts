import type { PolicyPort } from '../../kinds.ts';

/** What the policies of the table are made of. */
export const all = {};
export const web = { matchLabels: { app: 'web' } };
export const db = { matchLabels: { app: 'db' } };
export const client = { matchLabels: { app: 'client' } };
export const monitoring = { matchLabels: { purpose: 'monitoring' } };
export const tcp = (port: number | string, endPort?: number): PolicyPort => ({
  protocol: 'TCP',
  port,
  ...(endPort === undefined ? {} : { endPort }),
});

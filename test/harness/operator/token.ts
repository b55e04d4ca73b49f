import { z } from 'zod';
import type { Transport } from '../../../src/kube/transport/transport.ts';
import type { ServiceAccount } from '../requests/rights.ts';

const answerSchema = z.object({ status: z.object({ token: z.string() }) });

/** A Secret; a token that is bound to it ends with it. */
export interface BoundTo {
  readonly name: string;
  readonly uid: string;
}

/** A token of an hour, so that an operator outside the cluster runs under the shipped rights too. */
export async function tokenOf(
  transport: Transport,
  { namespace, name }: ServiceAccount,
  boundTo?: BoundTo,
): Promise<string> {
  const bound = boundTo && { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', ...boundTo } };
  const { status, body } = await transport.request({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ spec: { expirationSeconds: 3600, ...bound } }),
  });
  if (status !== 201) throw new Error(`get a token of ${namespace}/${name}: status ${status}: ${body.toString()}`);
  return answerSchema.parse(JSON.parse(body.toString())).status.token;
}

import { type ExecFileException, execFile } from 'node:child_process';
import { z } from 'zod';
import type { Clock } from '../../seams/clock.ts';
import { KubeconfigError } from './kubeconfig.ts';
import type { ClusterEntry, ExecEntry } from './kubeconfig-schema.ts';

/** What a plugin gave: a token, a certificate with its key, or both. */
export interface ExecCredential {
  token: string | undefined;
  cert: string | undefined;
  key: string | undefined;
  /** Wall clock, in milliseconds; absent when it does not expire. */
  expiresAt: number | undefined;
}

export interface ExecPluginOptions {
  exec: ExecEntry;
  cluster: ClusterEntry;
  /** Content of the cluster's CA, for plugins that ask for the cluster. */
  ca: () => Promise<string | undefined>;
  origin: string;
  env: NodeJS.ProcessEnv;
  clock: Clock;
}

const versions = new Set(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']);
const clusterExtension = 'client.authentication.k8s.io/exec';
const timeoutMs = 60_000;
const maxOutputBytes = 1024 * 1024;

const answerSchema = z.object({
  apiVersion: z.string(),
  kind: z.literal('ExecCredential'),
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
    expirationTimestamp: z.string().optional(),
  }),
});

export function checkExec(exec: ExecEntry, origin: string): void {
  if (exec.apiVersion === undefined || !versions.has(exec.apiVersion)) {
    const found = exec.apiVersion ?? 'none';
    throw new KubeconfigError(
      `${origin}: the exec plugin's apiVersion must be one of ${[...versions].join(', ')}, not ${found}`,
    );
  }
  if (exec.interactiveMode === 'Always') {
    throw new KubeconfigError(
      `${origin}: the exec plugin ${exec.command} wants to ask a person (interactiveMode Always)`,
    );
  }
}

/** Runs the plugin once. It never gets a terminal: nobody sits in front of an operator. */
export async function runExecPlugin(options: ExecPluginOptions): Promise<ExecCredential> {
  const { exec, origin } = options;
  const info = await execInfo(options);
  const env = { ...options.env, ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])) };
  const output = await run(options, { ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) });
  const answer = answerSchema.safeParse(parseJson(output));
  const problem = answer.success ? problemOf(answer.data, exec) : 'printed no ExecCredential with a status';
  if (!answer.success || problem !== undefined) throw new KubeconfigError(`${origin}: ${exec.command} ${problem}`);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = answer.data.status;
  return {
    token,
    cert,
    key,
    expiresAt: expirationTimestamp === undefined ? undefined : Date.parse(expirationTimestamp),
  };
}

type Answer = z.infer<typeof answerSchema>;

function problemOf({ apiVersion, status }: Answer, exec: ExecEntry): string | undefined {
  if (apiVersion !== exec.apiVersion) return `answered in ${apiVersion} and was asked in ${exec.apiVersion}`;
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = status;
  if (token === undefined && clientCertificateData === undefined) return 'gave neither a token nor a certificate';
  if ((clientCertificateData === undefined) !== (clientKeyData === undefined))
    return 'gave a certificate without key, or a key without certificate';
  if (expirationTimestamp !== undefined && Number.isNaN(Date.parse(expirationTimestamp)))
    return 'gave an expirationTimestamp that is no date';
  return undefined;
}

async function execInfo({ exec, cluster, ca }: ExecPluginOptions): Promise<object> {
  const spec = { interactive: false };
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec };
  if (!exec.provideClusterInfo) return info;
  const authority = await ca();
  const config = cluster.extensions.find(({ name }) => name === clusterExtension)?.extension;
  const described = {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': authority === undefined ? undefined : Buffer.from(authority).toString('base64'),
    'proxy-url': cluster['proxy-url'],
    config,
  };
  return { ...info, spec: { ...spec, cluster: described } };
}

function run({ exec, origin, clock }: ExecPluginOptions, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      exec.command,
      exec.args,
      { env, maxBuffer: maxOutputBytes, windowsHide: true },
      (error, stdout, stderr) => {
        clock.clearTimeout(timer);
        if (error) reject(runFailure(error, stderr));
        else resolve(stdout);
      },
    );
    child.stdin?.end();
    let late = false;
    const timer = clock.setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);

    function runFailure(error: ExecFileException, stderr: string): Error {
      const hint = exec.installHint === undefined ? '' : `; ${exec.installHint}`;
      if (error.code === 'ENOENT') return new KubeconfigError(`${origin}: ${exec.command} was not found${hint}`);
      if (late) return new KubeconfigError(`${origin}: ${exec.command} did not end within ${timeoutMs / 1000} s`);
      // What it printed to its output is the credential and is not repeated.
      return new KubeconfigError(`${origin}: ${exec.command} failed: ${stderr.trim().slice(0, 300)}`);
    }
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

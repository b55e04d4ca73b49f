import { EnvHttpProxyAgent, request } from 'undici';

/** What can be asked for images; Docker Hub is where the names of our base images live. */
const hub = 'https://registry-1.docker.io';

export interface Answer {
  answers: boolean;
  /** What was asked and what came back, for people. */
  why: string;
}

export interface ProbeOptions {
  /** Address of the registry. Default: Docker Hub, because base images are named as there. */
  url?: string;
  /** Default: 3 s; a slower registry counts as none, and images are made here. */
  deadlineMs?: number;
}

/** Asks a registry whether it is there, the way every container engine begins: `GET /v2/`. */
export async function registryAnswers({ url = hub, deadlineMs = 3000 }: ProbeOptions = {}): Promise<Answer> {
  const dispatcher = new EnvHttpProxyAgent();
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    const { statusCode, headers, body } = await request(new URL('/v2/', url), { dispatcher, signal });
    await body.dump();
    return judge(url, statusCode, headers['docker-distribution-api-version'] !== undefined);
  } catch (error) {
    return {
      answers: false,
      why: `${url} cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
    };
  } finally {
    await dispatcher.destroy();
  }
}

/** 401 is what a registry that wants a token says; a proxy's block page says neither and lacks the header. */
function judge(url: string, status: number, hasHeader: boolean): Answer {
  const answers = hasHeader && (status === 200 || status === 401);
  return { answers, why: `${url} ${answers ? 'answers' : `answered with ${status}, which is no registry's answer`}` };
}

import type { DeploymentStatus } from '../../../crds/deployment/status.ts';
import type { Binding } from '../ports.ts';

type Remembered = Pick<DeploymentStatus, 'memory' | 'ecs'>;

/** As long as the field in the status. */
const longest = 2048;

/** What the place asked to have handed back at the next call. */
export function recall({ memoryIn }: Binding, status: DeploymentStatus | undefined): unknown {
  return memoryIn === undefined ? fromText(status?.memory) : status?.[memoryIn];
}

/**
 * A field of its own is for people too, and the API server checks its shape. All else is text; what is too long is
 * forgotten, as no place may depend on it.
 */
export function remember({ memoryIn }: Binding, memory: unknown): Remembered {
  if (memoryIn !== undefined) return { [memoryIn]: memory as DeploymentStatus[typeof memoryIn] };
  const text = memory === undefined ? undefined : JSON.stringify(memory);
  return { memory: text === undefined || text.length > longest ? undefined : text };
}

function fromText(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

const burstBytes = 256 * 1024;

/**
 * Lets everything else run after a burst of work: chunks that have arrived already are handed out without a turn of the
 * event loop, and 50 MB of them would stop health checks and leases. Returns the bytes since the last pause.
 */
export async function pause(bytes: number): Promise<number> {
  if (bytes < burstBytes) return bytes;
  await new Promise<void>((resolve) => setImmediate(resolve));
  return 0;
}

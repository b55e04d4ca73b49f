import { createHash } from 'node:crypto';

/** Of a Deployment's name: its Service, and labels, are named after it. */
const longest = 50;
const hashLength = 8;

/**
 * Name of the Deployment that a Project makes. Where the plain name would be too long, or start as a Service's name must not,
 * it is cut and ends with a hash of the whole, so that two cut names stay two.
 */
export function deploymentName(project: string, service: string | undefined, environment: string): string {
  const whole = [project, service, environment].filter((part) => part !== undefined).join('-');
  if (whole.length <= longest && /^[a-z][-a-z0-9]*$/.test(whole)) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, hashLength);
  const plain = `${/^[a-z]/.test(whole) ? '' : 'p-'}${whole.replaceAll('.', '-')}`;
  return `${plain.slice(0, longest - hashLength - 1).replace(/-+$/, '')}-${hash}`;
}

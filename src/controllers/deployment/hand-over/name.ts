import { objectName } from '../../../crds/fields/names.ts';

const kind = 'deployment/';

/** Of the apps/v1 Deployment that the annotation asks for; undefined for what is no such name. */
export function handOverName(value: string): string | undefined {
  if (!value.startsWith(kind)) return undefined;
  return objectName().safeParse(value.slice(kind.length)).data;
}

import { z } from 'zod';
import { listMap } from '../fields/lists.ts';
import { label, objectName } from '../fields/names.ts';
import { quantity } from '../fields/numbers.ts';
import { exactlyOne } from '../fields/rules.ts';
import { text } from '../fields/text.ts';
import { track } from '../workload/env.ts';

const content = (what: string) =>
  z.strictObject({ name: objectName().describe(`Name of the ${what}, in this namespace.`), track: track() });

const volume = exactlyOne(
  z.strictObject({
    name: label().describe('Name of the volume.'),
    mountPath: text(512, {
      matches: { pattern: '^/[^:\\s]+$', message: "write an absolute path without ':', such as /data" },
    }).describe('Folder inside the container.'),
    configMap: content('ConfigMap').optional().describe('The keys of a ConfigMap as files, copied into each release.'),
    secret: content('Secret').optional().describe('The keys of a Secret as files; see onSecretChange.'),
    emptyDir: z
      .strictObject({
        sizeLimit: quantity('1Gi')
          .optional()
          .describe('Size at which the replica is evicted. Default: none but the disk of the node.'),
      })
      .optional()
      .describe('An empty folder that ends with the replica.'),
    claim: z
      .strictObject({ name: objectName().describe('Name of the PersistentVolumeClaim, in this namespace.') })
      .optional()
      .describe('A PersistentVolumeClaim. Replicas of both releases mount it at the same time.'),
    readOnly: z.boolean().default(false).describe('True mounts it for reading only. Default false.'),
  }),
  ['configMap', 'secret', 'emptyDir', 'claim'],
  'set exactly one of configMap, secret, emptyDir and claim',
);

export const volumes = () =>
  listMap(volume, { max: 32 }).optional().describe('Folders that the container sees. Default none.');

import { join } from 'node:path';
import { apply } from '../api.ts';
import type { Cluster } from '../cluster.ts';
import type { Component } from '../component.ts';
import { kubeconfigOf } from '../kubeconfig.ts';
import { probeApi } from '../probes.ts';
import { pauseImage } from './containerd.ts';
import { clusterRoleBinding } from './dns.ts';

const namespace = 'volume-system';
const provisioner = 'rancher.io/local-path';

/** Where the data of volumes lies on this machine. */
export function volumeFolder(cluster: Cluster): string {
  return join(cluster.paths.state, 'volumes');
}

/** Configuration of the provisioner: one folder per volume, made by our own helper image. */
export function volumeConfig(cluster: Cluster): string {
  return JSON.stringify({
    nodePathMap: [{ node: 'DEFAULT_PATH_FOR_NON_LISTED_NODES', paths: [volumeFolder(cluster)] }],
    setupCommand: '/volume',
    teardownCommand: '/volume',
  });
}

/** The pod that makes or removes a folder; its command comes from the configuration. */
export function volumeHelperPod(): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'helper-pod' },
    spec: { containers: [{ name: 'helper-pod', image: pauseImage, imagePullPolicy: 'Never' }] },
  });
}

/** Binds claims of the default StorageClass to folders of this machine. */
export const localPath: Component = {
  name: 'local-path-provisioner',
  binary: 'local-path-provisioner',
  needs: ['kube-apiserver'],
  args: (cluster) => [
    'start',
    `--kubeconfig=${kubeconfigOf(cluster, 'local-path-provisioner')}`,
    `--config=${join(cluster.config, 'volumes.json')}`,
    `--helper-pod-file=${join(cluster.config, 'volume-helper.json')}`,
    `--provisioner-name=${provisioner}`,
    `--namespace=${namespace}`,
    '--service-account-name=default',
    `--helper-image=${pauseImage}`,
  ],
  prepare: (cluster) => apply(cluster, volumeObjects()),
  // It serves nothing that could be asked; that it lives and finds its class is all that can be seen.
  check: async (cluster) => {
    await probeApi(cluster, '/apis/storage.k8s.io/v1/storageclasses/local-path');
  },
};

function volumeObjects(): object[] {
  const everything = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'vish-local-path-provisioner' },
      rules: [
        {
          apiGroups: [''],
          resources: [
            'nodes',
            'persistentvolumeclaims',
            'persistentvolumes',
            'pods',
            'configmaps',
            'endpoints',
            'events',
          ],
          verbs: everything,
        },
        { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
        { apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: everything },
      ],
    },
    clusterRoleBinding('vish-local-path-provisioner', 'vish:local-path-provisioner'),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'local-path', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner,
      volumeBindingMode: 'WaitForFirstConsumer',
      reclaimPolicy: 'Delete',
    },
  ];
}

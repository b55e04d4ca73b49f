import { urlOnMachine, usual } from '../git-server/manifests.ts';
import type { Facts } from './facts.ts';
import { sampleDeployment, sampleHost } from './manifests.ts';

export interface Step {
  /** What happens, for the person who watches. */
  title: string;
  /** Shown before they run, so that everything here can be done by hand. */
  commands: readonly (readonly string[])[];
}

/** Files that the quickstart writes before its steps; they may be read, changed and applied again by hand. */
export const files = {
  values: '.vish/quickstart/values.yaml',
  git: '.vish/quickstart/git.yaml',
  project: '.vish/quickstart/project.yaml',
} as const;

/** From images in the registry to an app that answers. Every command may run again. */
export const steps: readonly Step[] = [
  {
    title: 'Install the operator, from its own image and chart',
    commands: [
      `helm upgrade --install vish charts/vish --namespace vish-system --create-namespace --values ${files.values} --take-ownership --force-conflicts --wait --timeout 3m`,
    ].map(words),
  },
  {
    title: 'Serve a git repository inside the cluster',
    commands: [
      `kubectl apply --server-side -f ${files.git}`,
      `kubectl --namespace ${usual.namespace} rollout status deployment/git --timeout 2m`,
    ].map(words),
  },
  {
    title: 'Apply a Project: its main branch is built, pushed and rolled out',
    commands: [
      `kubectl apply --server-side -f ${files.project}`,
      `kubectl wait --for=create deployments.vish/${sampleDeployment} --timeout 30s`,
      `kubectl wait --for=condition=Ready deployments.vish/${sampleDeployment} --timeout 5m`,
    ].map(words),
  },
  { title: 'Show everything of ours', commands: [words('kubectl get vish')] },
];

/** Where the sample app answers. */
export function sampleUrl({ gateway }: Pick<Facts, 'gateway'>): string {
  const { port } = new URL(gateway);
  return `http://${sampleHost}${port === '' ? '' : `:${port}`}/`;
}

/** What to try afterwards. Every line works as it stands, in this order. */
export function nextSteps({ kubeconfig, folders, gateway }: Facts, delimiter = ':'): string {
  return `The app answers at ${sampleUrl({ gateway })}

Try next, after
  export KUBECONFIG=${kubeconfig} PATH=${folders.join(delimiter)}:$PATH

  # release version 2
  git clone -q ${urlOnMachine(usual)} .vish/shop
  sed -i "s/version 1/version 2/" .vish/shop/server.js
  git -C .vish/shop -c user.name=me -c user.email=me@example.com commit -qam "Version 2"
  git -C .vish/shop push -q

  # watch it: built, rolled out, Ready
  kubectl get deployments.vish ${sampleDeployment} --watch
  kubectl describe vd ${sampleDeployment}
  curl ${sampleUrl({ gateway })}

  # and back to version 1: a rollback holds later commits until it is lifted
  kubectl annotate --overwrite vd ${sampleDeployment} vish.dev/rollback=1
  kubectl get vd ${sampleDeployment} -o jsonpath='{.status.history}'

  npm run cluster -- status          # what runs here
  make down                          # undo all of this`;
}

function words(command: string): readonly string[] {
  return command.split(' ');
}

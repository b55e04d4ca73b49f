export interface Step {
  /** What happens, for the person who watches. */
  title: string;
  /** Shown before they run, so that everything here can be done by hand. */
  commands: readonly (readonly string[])[];
}

/** From a cluster that answers to a sample Project in it. Every command may run again. */
export const steps: readonly Step[] = [
  {
    title: 'Install the kinds',
    commands: [
      ['kubectl', 'apply', '--server-side', '-f', 'config/crd'],
      ['kubectl', 'wait', '--for=condition=Established', '--timeout=60s', '-f', 'config/crd'],
    ],
  },
  { title: 'Apply a sample Project', commands: [['kubectl', 'apply', '-f', 'config/samples/project.yaml']] },
  { title: 'Show everything of ours', commands: [['kubectl', 'get', 'vish']] },
];

/** What to try afterwards. Every line works as it stands. */
export function nextSteps(kubeconfig: string, path: string): string {
  return `Try next, after
  export KUBECONFIG=${kubeconfig} PATH=${path}:$PATH

  kubectl explain vd.spec.strategy
  kubectl apply -f config/samples/deployment-canary.yaml
  kubectl get deployments.vish
  kubectl patch vprj hello --type=merge -p '{"spec":{"image":{"repository":"not an image"}}}'
                                     # refused, with a sentence that says what to write
  npm run cluster -- status          # what runs here
  make down                          # undo all of this

This version keeps and checks what you declare; the controllers that act on it come next.`;
}

import type { Cluster } from './cluster.ts';
import { loopback } from './cluster.ts';

/** Nodes with this label are kwok's; it leaves every other node alone. */
export const hollowLabel = 'vish.dev/hollow';
/** Where a hollow node's own address stands: kwok itself knows one address for all of them. */
export const addressAnnotation = 'vish.dev/hollow-address';
/** What the kubelet uses: renewed every quarter of it, so that the node stays Ready. */
const leaseSeconds = 40;
const capacity = { cpu: '256', memory: '1Ti', pods: '250', 'ephemeral-storage': '10Ti' };

/** Settings of kwok and the life of nodes and pods, as the documents of its configuration file. */
export function kwokConfig(cluster: Cluster, podRange: string): readonly object[] {
  return [settings(cluster, podRange), nodeStage, ...podStages];
}

function settings({ ports }: Cluster, podRange: string): object {
  return {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    options: {
      cidr: podRange,
      manageNodesWithLabelSelector: `${hollowLabel}=true`,
      nodeLeaseDurationSeconds: leaseSeconds,
      serverAddress: `${loopback}:${ports.kwok}`,
      enableDebuggingHandlers: false,
      // Two workers that see the first pods at once would each make a pool of addresses, and hand out the same ones.
      podPlayStageParallelism: 1,
      nodePlayStageParallelism: 4,
      nodeLeaseParallelism: 4,
      podsOnNodeSyncParallelism: 1,
    },
  };
}

const nodeStage = stage('node-ready', {
  resource: 'Node',
  state: '.status.conditions // [] | any(.type == "Ready" and .status == "True") | tostring',
  is: 'false',
  next: {
    statusTemplate: `
{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- {type: {{ .type }}, status: {{ .status | Quote }}, reason: {{ .reason | Quote }}, message: {{ .message | Quote }},
   lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
{{ end }}
addresses:
- {type: InternalIP, address: {{ index .metadata.annotations "${addressAnnotation}" | Quote }}}
- {type: Hostname, address: {{ .metadata.name | Quote }}}
capacity: ${JSON.stringify(capacity)}
allocatable: ${JSON.stringify(capacity)}
`,
  },
});

/**
 * Where a pod stands, as one word, so that never two stages fit at once. Readiness gates count as on a real node:
 * a test holds a pod back with a gate and lets it go by setting the condition. Job pods keep running until a test sets
 * their phase.
 */
const podState = `
(.status.conditions // []) as $conditions |
[$conditions[] | select(.status == "True") | .type] as $true |
(([.spec.readinessGates // [] | .[].conditionType] - $true) == []) as $open |
($true | any(. == "Ready")) as $ready |
if .metadata.deletionTimestamp then "ending"
elif .status.phase == "Pending" then "pending"
elif .status.phase != "Running" then "over"
elif $ready == $open then "steady"
elif $open then "opened" else "closed" end`;

const podStages: readonly object[] = [
  stage('pod-ending', { resource: 'Pod', state: podState, is: 'ending', next: { delete: true } }),
  stage('pod-running', {
    resource: 'Pod',
    state: podState,
    is: 'pending',
    next: { statusTemplate: runningStatus() },
  }),
  stage('pod-opened', { resource: 'Pod', state: podState, is: 'opened', next: { statusTemplate: readiness('True') } }),
  stage('pod-closed', { resource: 'Pod', state: podState, is: 'closed', next: { statusTemplate: readiness('False') } }),
];

function readiness(status: 'True' | 'False'): string {
  const reason = status === 'True' ? '' : ', reason: ReadinessGatesNotReady';
  return `conditions: [{type: Ready, status: "${status}"${reason}, lastTransitionTime: {{ Now | Quote }}}]`;
}

function runningStatus(): string {
  const running = 'restartCount: 0, ready: true, started: true, state: {running: {startedAt: {{ $now | Quote }}}}';
  const ended =
    'restartCount: 0, ready: true, state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}';
  const identity = 'name: {{ .name | Quote }}, image: {{ .image | Quote }}, imageID: "", containerID: ""';
  return `
{{ $now := Now }}
{{ $ready := "True" }}
{{ range .spec.readinessGates }}{{ $ready = "False" }}{{ end }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
{{ range list "PodReadyToStartContainers" "Initialized" "ContainersReady" }}
- {type: {{ . }}, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ end }}
- {type: Ready, status: {{ $ready | Quote }}, lastTransitionTime: {{ $now | Quote }}}
containerStatuses:
{{ range .spec.containers }}
- {${identity}, ${running}}
{{ end }}
initContainerStatuses:
{{ range .spec.initContainers }}
- {${identity}, {{ if eq .restartPolicy "Always" }}${running}{{ else }}${ended}{{ end }}}
{{ end }}
{{ with NodeIPsWith .spec.nodeName }}
hostIP: {{ index . 0 | Quote }}
hostIPs: [{ip: {{ index . 0 | Quote }}}]
{{ end }}
{{ with PodIPsWith .spec.nodeName (or .spec.hostNetwork false) .metadata.uid .metadata.name .metadata.namespace }}
podIP: {{ index . 0 | Quote }}
podIPs: [{ip: {{ index . 0 | Quote }}}]
{{ end }}
`;
}

interface StageOptions {
  readonly resource: 'Node' | 'Pod';
  /** jq expression over the object. */
  readonly state: string;
  /** The value of `state` that the stage is for. */
  readonly is: string;
  readonly next: object;
}

function stage(name: string, { resource, state, is, next }: StageOptions): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: resource },
      selector: { matchExpressions: [{ key: state, operator: 'In', values: [is] }] },
      next,
    },
  };
}

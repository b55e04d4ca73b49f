import { nothingToDo, type ReasonEntry } from './entry.ts';

const kinds = ['Build', 'Deployment'] as const;
const axes = ['Built'] as const;

export const buildReasons = {
  BuildQueued: {
    kinds,
    axes,
    course: 'Working',
    word: 'Queued',
    cause: 'Other builds go first; the position is in status.queuePosition.',
    remedy: nothingToDo,
  },
  Building: {
    kinds,
    axes,
    course: 'Working',
    word: 'Building',
    cause: 'The image is being built.',
    remedy: nothingToDo,
  },
  BuildSucceeded: {
    kinds,
    axes,
    course: 'Done',
    word: 'Succeeded',
    cause: 'The image is built and pushed; its digest is in the status.',
    remedy: nothingToDo,
  },
  BuildCancelled: {
    kinds,
    axes,
    course: 'Stuck',
    word: 'Cancelled',
    cause: 'A newer commit took its place, or a person ended it.',
    remedy: 'Nothing to do; the newer build goes on.',
  },
  UnknownProjectType: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'There is no Dockerfile at that path, and the files there do not tell how to make an image.',
    remedy: 'Follow status.failure.lines, add a Dockerfile, or correct path or build.dockerfile.',
  },
  DockerfileInvalid: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'The Dockerfile cannot be read at the line in the message.',
    remedy: 'Correct that line and push.',
  },
  BuildCommandFailed: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'A command of the build ended with the exit code in the message.',
    remedy: 'Read status.failure.lines, correct the code and push.',
  },
  BuildOutOfMemory: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'The build needed more memory than it may have.',
    remedy: 'Raise build.memory, or make the build use less.',
  },
  BuildEvicted: {
    kinds,
    axes,
    course: 'Retrying',
    cause: 'The node ended the build to save itself, or went away.',
    remedy: 'It is tried again; with repetition give the nodes more room.',
  },
  BuildDiskFull: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'The build wrote more than it may.',
    remedy: 'Make the context or the layers smaller, or have the administrator raise the limit.',
  },
  BuildTooLarge: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'The build asks for more CPU or memory than a build may have on this cluster, or has too long arguments.',
    remedy:
      'Lower build.cpu, build.memory or build.args to what the message allows, or have the administrator raise the limit of the first two.',
  },
  BuildTimedOut: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'The build did not end before its deadline.',
    remedy: 'Raise build.deadlineSeconds, or make the build faster.',
  },
  RegistryUnreachable: {
    kinds,
    axes,
    course: 'Retrying',
    cause: 'The registry did not answer, or answered with an error of its own.',
    remedy: 'Check image.repository; it is tried again by itself.',
  },
  PushDenied: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'The registry refused the push.',
    remedy:
      'Let image.credentialsRef name a Secret that may push to image.repository; for an untrusted Build it is image.untrustedCredentialsRef.',
  },
  SigningKeyUnusable: {
    kinds,
    axes,
    course: 'Retrying',
    cause: 'Images of this trust level are to be signed, and their key is missing or is none.',
    remedy:
      "Have the administrator put an ECDSA key into the Secret of the operator's namespace that the message names.",
  },
  SignatureMissing: {
    kinds: ['Deployment'],
    course: 'Stuck',
    cause: 'The image has no signature of a key that this cluster accepts.',
    remedy:
      'Have the image built or signed with an accepted key; a Build from before the key is to be deleted, so that it is built again.',
  },
  BaseImageMissing: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'An image after FROM does not exist, or may not be pulled.',
    remedy: 'Correct the name in the Dockerfile, or give credentials that may pull it.',
  },
  BuildHostRefused: {
    kinds: ['Build'],
    axes,
    course: 'Stuck',
    cause: 'The code is not trusted, and its Dockerfile names a host that such builds may not reach.',
    remedy: 'Do without it, or have the administrator add the host to builds.untrustedHosts.',
  },
  BuildGaveUp: {
    kinds,
    axes,
    course: 'Stuck',
    cause: 'The build failed several times for a cause that usually passes; the message names the last one.',
    remedy:
      'Remove the cause that the message names, then set vish.dev/retry on the Deployment to the name of the Build.',
  },
  BuilderUnavailable: {
    kinds,
    axes,
    course: 'Retrying',
    cause: 'No builder works on this cluster; the message says what was tried.',
    remedy: 'Follow the message; the administrator may have to allow one of the ways.',
  },
  UntrustedImage: {
    kinds: ['Deployment'],
    course: 'Stuck',
    cause: 'The image was built from code that is not trusted, and the environment takes only trusted images.',
    remedy:
      'Merge the commit and let the environment follow its branch; a Build in its way that was made by hand is to be deleted.',
  },
  UntrustedBuildRefused: {
    kinds: ['Build'],
    axes,
    course: 'Stuck',
    cause:
      'The code is not trusted, and its pod reaches the API server: this cluster enforces no network policy for builds.',
    remedy:
      'Have the administrator follow docs/how-to/network-policy.md, or set builds.untrustedWithoutNetworkPolicy knowingly.',
  },
} as const satisfies Record<string, ReasonEntry>;

import { TargetError } from '../../target.ts';

/* What is told while pods are not taken over, or when somebody else runs them as well. */

export function adopting(message: string): TargetError {
  return new TargetError('Adopting', `${message}; then its pods are taken over.`);
}

export function inReserve(set: string, name: string): TargetError {
  return blocked(
    `Deployment.apps ${name} would start its empty ReplicaSet ${set} in place of what is taken from it: delete ${set}`,
  );
}

export function again(name: string): TargetError {
  return blocked(
    `Deployment.apps ${name} runs pods of its own beside those that were taken over: remove it from what applies it and delete it, or set paused: true and replicas: 0 there`,
  );
}

export function leftOver(set: string, name: string): TargetError {
  return blocked(`ReplicaSet ${set} of Deployment.apps ${name} runs pods beside those that were taken over: delete it`);
}

export function misled(autoscaler: string, name: string): TargetError {
  return blocked(
    `HorizontalPodAutoscaler ${autoscaler} scales Deployment.apps ${name}: let its scaleTargetRef name this Deployment, with apiVersion vish.dev/v1alpha1`,
  );
}

export function blocked(message: string): TargetError {
  return new TargetError('AdoptionBlocked', message);
}

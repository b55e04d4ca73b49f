import { z } from 'zod';
import { statusFields } from '../conditions/condition.ts';
import { listSet } from '../fields/lists.ts';
import { time } from '../fields/references.ts';
import { exactlyOne, withTransition } from '../fields/rules.ts';
import { text } from '../fields/text.ts';
import { age, defineKind } from '../kind/kind.ts';

const roleArn = () =>
  text(512, {
    matches: {
      pattern: '^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[-A-Za-z0-9+=,.@_/]+$',
      message: 'write a role such as arn:aws:iam::123456789012:role/vish',
    },
  });

const ecsName = () =>
  text(255, {
    matches: { pattern: '^[A-Za-z0-9][-A-Za-z0-9_]*$', message: "write the ECS name: letters, digits, '-' and '_'" },
  });

const ecsFields = z.strictObject({
  region: text(32, {
    matches: { pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]$', message: 'write a region such as eu-central-1' },
  }).describe('AWS region.'),
  cluster: ecsName().describe('Name of the ECS cluster, which must exist.'),
  roleArn: roleArn().describe(
    'Role that the operator assumes, with the external id of status.ecs.externalId. No key is ever stored.',
  ),
  executionRoleArn: roleArn().describe('Role with which ECS pulls the image and writes logs.'),
  taskRoleArn: roleArn().optional().describe('Role of the app itself. Default none: the app has no AWS rights.'),
  subnets: listSet(
    text(64, {
      matches: { pattern: '^subnet-[a-f0-9]{8,17}$', message: 'write a subnet such as subnet-0123456789abcdef0' },
    }),
    { max: 16, min: 1 },
  ).describe('Subnets of the tasks.'),
  securityGroups: listSet(
    text(64, {
      matches: { pattern: '^sg-[a-f0-9]{8,17}$', message: 'write a security group such as sg-0123456789abcdef0' },
    }),
    { max: 5 },
  )
    .optional()
    .describe("Security groups of the tasks. Default: the VPC's default group."),
  assignPublicIp: z
    .boolean()
    .default(false)
    .describe('True gives tasks a public address; needed in subnets without NAT or endpoints. Default false.'),
  cpuArchitecture: z
    .enum(['X86_64', 'ARM64'])
    .default('X86_64')
    .describe('Processor of the tasks; images must have been built for it. Default X86_64.'),
  repositoryPrefix: text(128, {
    matches: {
      pattern: '^[a-z0-9]+([._/-][a-z0-9]+)*$',
      message: "write lower case letters and digits with '.', '_', '-' or '/' between them, such as vish/team-a",
    },
  })
    .default('vish')
    .describe('Start of the names of the ECR repositories that images are copied to. Default vish.'),
});

const fixedCluster = withTransition(ecsFields, {
  rule: 'self.region == oldSelf.region && self.cluster == oldSelf.cluster',
  message: 'region and cluster are fixed, as services there would be lost; make another Target for the new place',
});

const ecs = withTransition(fixedCluster, {
  rule: "self.roleArn.split(':')[4] == oldSelf.roleArn.split(':')[4] && self.repositoryPrefix == oldSelf.repositoryPrefix",
  message:
    'the account of roleArn and repositoryPrefix are fixed, as what is there would be lost; make another Target for the new ones',
});

/** A union with room for other places; each comes with the code that deploys to it. */
const targetSpec = exactlyOne(
  z.strictObject({ ecs: ecs.optional().describe('Amazon ECS with Fargate.') }),
  ['ecs'],
  'set ecs: it is the only place that this version knows',
);

const targetStatus = z.strictObject({
  ...statusFields,
  ecs: z
    .strictObject({
      externalId: text(128)
        .optional()
        .describe("External id for the role's trust policy. Made by the operator, not secret."),
      accountId: text(12).optional().describe('Account of the assumed role.'),
    })
    .optional()
    .describe('What was found in AWS.'),
  checkedAt: time().optional().describe('When the credentials last worked.'),
});

export const target = defineKind({
  kind: 'Target',
  plural: 'targets',
  shortName: 'vt',
  summary: 'A place outside the cluster where Deployments can run.',
  spec: targetSpec,
  status: targetStatus,
  columns: [
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Reason', path: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: 'Region', path: '.spec.ecs.region' },
    { name: 'Cluster', path: '.spec.ecs.cluster' },
    { name: 'Account', path: '.status.ecs.accountId', wide: true },
    age,
  ],
});

export type TargetSpec = z.output<typeof targetSpec>;
export type Target = z.output<typeof target.schema>;
export type EcsTarget = z.output<typeof ecs>;

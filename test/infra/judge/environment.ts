import { readFileSync } from 'node:fs';
import { settings } from '../../../examples/infra/settings.js';
import { defineEnvironment } from '../../../infra/settings.js';
import type { AwsCall } from '../../support/aws-calls/aws-call.js';
import { places } from '../../support/recorded-project/places.js';
import project from '../../support/recorded-project/waterclock.config.js';
import { resources, synthesize } from '../templates.js';
import type { Judged } from './judge.js';
import { encryptingKeys, resourcePolicies, rolesOf, templateOf, type RolePolicies } from './policies.js';
import { resolver } from './resolve.js';

export interface JudgedEnvironment extends Judged {
  /** roles of a stack by their name, as in `ingestTaskRole` */
  roles(stack: string): Map<string, RolePolicies>;
  /** the role of the tasks that do the work of a role */
  taskRole(role: string): RolePolicies;
  /** what the stacks say of themselves */
  outputs: Map<string, string>;
  /** what was recorded, with the names that this environment has */
  recorded(file: string): AwsCall[];
}

const made = new Map<string, JudgedEnvironment>();

/** a shipped environment, whose settings name what the recorded project needs */
export function judgedEnvironment(name: keyof typeof settings): JudgedEnvironment {
  const found = made.get(name) ?? make(name);
  made.set(name, found);
  return found;
}

function make(name: keyof typeof settings): JudgedEnvironment {
  const { lake, workers, ...given } = settings[name];
  const rawBuckets = project.pipelines.flatMap(({ rawBucket }) => rawBucket ?? []);
  const synthesized = synthesize(
    defineEnvironment({
      ...given,
      lake: { ...lake, rawBuckets },
      workers: {
        ...workers,
        secrets: { ASKED_TOKEN: { arn: places.secret, field: 'token' } },
        sourceBuckets: [places.source],
        sourceQueues: [places.queue],
        sourceRoles: [places.role],
      },
      alerts: { email: { from: places.sender, to: ['on-call@example.com'] } },
    }),
    project,
  );
  const resolve = resolver(synthesized, name);
  const arnOf = (stack: string, type: string, id = ''): string => {
    const template = templateOf(synthesized, stack);
    const [[found] = []] = resources(template, type).filter(([one]) => one.startsWith(id));
    return String(resolve(template, { 'Fn::GetAtt': [found, 'Arn'] }));
  };
  const names = {
    '{lake}': arnOf('lake', 'AWS::S3::Bucket', 'Bucket').replace('arn:aws:s3:::', ''),
    '{workgroup}': arnOf('warehouse', 'AWS::RedshiftServerless::Workgroup').split('/').at(-1) ?? '',
    [places.programs]: arnOf('workers', 'AWS::IAM::Role', 'ProgramRole'),
    [places.topic]: arnOf('observability', 'AWS::SNS::Topic'),
  };
  const roles = (stack: string) =>
    new Map(rolesOf(synthesized, resolve, stack).map((role) => [role.name, role] as const));
  const workerRoles = roles('workers');
  // every task reads its token when it starts, and goes on reading it; the recorded stack asks for none
  const { temporal } = given;
  const asked: AwsCall[] =
    temporal.kind === 'self-hosted'
      ? [{ action: 'secretsmanager:GetSecretValue', resource: temporal.workerToken }]
      : [];
  return {
    resourcePolicies: resourcePolicies(synthesized, resolve),
    keys: encryptingKeys(synthesized, resolve),
    adminSecret: {
      arn: `arn:aws:secretsmanager:eu-central-1:111122223333:secret:redshift!waterclock-${name}-administrator-AbCdEf`,
      key: arnOf('warehouse', 'AWS::KMS::Key'),
    },
    roles,
    outputs: new Map(
      Object.values(synthesized.stacks).flatMap((template) =>
        Object.entries(template.Outputs ?? {}).map(
          ([key, { Value }]) => [key, String(resolve(template, Value))] as const,
        ),
      ),
    ),
    taskRole(role) {
      const service = Object.entries(workers.services).find(([, { roles }]) => roles.some((one) => one === role))?.[0];
      const found = workerRoles.get(`${role === 'operator' ? 'Operator' : service}TaskRole`);
      if (!found) throw new Error(`${name} has no task with the role ${role}`);
      return found;
    },
    recorded(file) {
      const text = Object.entries(names).reduce(
        (text, [placeholder, name]) => text.replaceAll(placeholder, name),
        readFileSync(new URL(`../recorded/${file}.json`, import.meta.url), 'utf8'),
      );
      return [...(JSON.parse(text) as AwsCall[]), ...asked];
    },
  };
}

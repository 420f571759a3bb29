import { account, region } from '../../support/aws-calls/aws-call.js';
import type { Synthesized, Template } from '../templates.js';

const pseudo: Record<string, string> = {
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** the ARN that a resource without a name of its own gets, by its logical id */
const arns: Record<string, (id: string, properties: Record<string, unknown>) => string> = {
  'AWS::S3::Bucket': (id, { BucketName }) => `arn:aws:s3:::${text(BucketName) ?? id.toLowerCase()}`,
  'AWS::KMS::Key': (id) => `arn:aws:kms:${region}:${account}:key/${id}`,
  'AWS::SNS::Topic': (id, { TopicName }) => `arn:aws:sns:${region}:${account}:${text(TopicName) ?? id}`,
  'AWS::Logs::LogGroup': (id, { LogGroupName }) =>
    `arn:aws:logs:${region}:${account}:log-group:${text(LogGroupName) ?? id}:*`,
  'AWS::ECS::Cluster': (id, { ClusterName }) => `arn:aws:ecs:${region}:${account}:cluster/${text(ClusterName) ?? id}`,
  'AWS::ECS::TaskDefinition': (id) => `arn:aws:ecs:${region}:${account}:task-definition/${id}:1`,
  'AWS::ECR::Repository': (id, { RepositoryName }) =>
    `arn:aws:ecr:${region}:${account}:repository/${text(RepositoryName) ?? id.toLowerCase()}`,
  'AWS::IAM::Role': (id, { RoleName }) => `arn:aws:iam::${account}:role/${text(RoleName) ?? id}`,
  'AWS::RedshiftServerless::Workgroup': (id) => `arn:aws:redshift-serverless:${region}:${account}:workgroup/${id}`,
  'AWS::RedshiftServerless::Namespace': (id) => `arn:aws:redshift-serverless:${region}:${account}:namespace/${id}`,
  'AWS::EFS::FileSystem': (id) => `arn:aws:elasticfilesystem:${region}:${account}:file-system/${id}`,
  'AWS::EFS::AccessPoint': (id) => `arn:aws:elasticfilesystem:${region}:${account}:access-point/${id}`,
  'AWS::Lambda::Function': (id) => `arn:aws:lambda:${region}:${account}:function:${id}`,
  'AWS::StepFunctions::StateMachine': (id, { StateMachineName }) =>
    `arn:aws:states:${region}:${account}:stateMachine:${text(StateMachineName) ?? id}`,
  'AWS::SecretsManager::Secret': (id) => `arn:aws:secretsmanager:${region}:${account}:secret:${id}-AbCdEf`,
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** whose `Ref` is an ARN */
const namedByArn = ['AWS::SNS::Topic', 'AWS::SecretsManager::Secret', 'AWS::ECS::TaskDefinition'];

export interface Resolver {
  /** any part of a template, its functions replaced by what they come to on AWS, as far as policies need it */
  (template: Template, value: unknown): unknown;
}

/** ARNs and names as AWS would give them, made of logical ids: the same in every stack that imports them */
export function resolver({ stacks }: Synthesized, environment: string): Resolver {
  const exported = new Map<string, { template: Template; value: unknown }>();
  for (const template of Object.values(stacks)) {
    for (const output of Object.values(template.Outputs ?? {})) {
      const name = text((output as { Export?: { Name?: unknown } }).Export?.Name);
      if (name !== undefined) exported.set(name, { template, value: output.Value });
    }
  }

  // two stacks may have a resource of one logical id
  const stackOf = new Map(Object.entries(stacks).map(([name, template]) => [template, name]));

  function ofResource(template: Template, id: string): string {
    const { Type = '', Properties = {} } = template.Resources[id] ?? {};
    const made = arns[Type]?.(
      `waterclock-${environment}-${stackOf.get(template)}-${id}`,
      resolve(template, Properties) as Record<string, unknown>,
    );
    return made ?? `${id}.arn`;
  }

  function reference(template: Template, id: string): unknown {
    if (pseudo[id] !== undefined) return pseudo[id];
    const type = template.Resources[id]?.Type;
    if (type === undefined) return template.Parameters?.[id]?.['Default'] ?? id;
    const arn = ofResource(template, id);
    if (type === 'AWS::S3::Bucket') return arn.slice('arn:aws:s3:::'.length);
    if (namedByArn.includes(type)) return arn;
    return /[:/]([^:/]+)(:\*)?$/.exec(arn)?.[1] ?? id;
  }

  function call(template: Template, name: string, given: unknown): unknown {
    if (name === 'Ref') return reference(template, String(given));
    if (name === 'Fn::GetAtt') {
      const [id = '', attribute = ''] = given as string[];
      if (attribute === 'Name') return id;
      return /Arn$|TopicArn|WorkgroupArn/.test(attribute) ? ofResource(template, id) : `${id}.${attribute}`;
    }
    if (name === 'Fn::Join') {
      const [between, parts] = given as [string, unknown[]];
      return parts.map((part) => String(resolve(template, part))).join(between);
    }
    if (name === 'Fn::ImportValue') {
      const found = exported.get(String(resolve(template, given)));
      if (!found) throw new Error(`no stack exports ${JSON.stringify(given)}`);
      return resolve(found.template, found.value);
    }
    if (name === 'Fn::Select') {
      const [at, from] = given as [number | string, unknown];
      const list = resolve(template, from);
      return Array.isArray(list) ? (list as unknown[])[Number(at)] : list;
    }
    if (name === 'Fn::Split') {
      const [by, from] = given as [string, unknown];
      return String(resolve(template, from)).split(by);
    }
    throw new Error(`what ${name} comes to is not known: add it to resolve.ts`);
  }

  function resolve(template: Template, value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => resolve(template, one));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, given] = ['', undefined]] = entries;
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) return call(template, name, given);
    return Object.fromEntries(entries.map(([key, one]) => [key, resolve(template, one)]));
  }
  return resolve;
}

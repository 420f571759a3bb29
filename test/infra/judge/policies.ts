import { resources, type Synthesized, type Template } from '../templates.js';
import type { Resolver } from './resolve.js';

/** one statement that allows, as IAM reads it */
export interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Condition?: unknown;
  Principal?: unknown;
}

export interface Document {
  Version: string;
  Statement: Statement[];
}

/** a role of an environment with what its policies say, every name resolved */
export interface RolePolicies {
  /** logical id without CDK's hash */
  name: string;
  arn: string;
  document: Document;
}

/** `workflowsTaskRole0A1B2C3D` -> `workflowsTaskRole` */
const withoutHash = (id: string) => id.replace(/[0-9A-F]{8}$/, '');

/** every role of one stack */
export function rolesOf(made: Synthesized, resolve: Resolver, stack: string): RolePolicies[] {
  const template = templateOf(made, stack);
  const policies = resources(template, 'AWS::IAM::Policy').map(([, { Properties }]) => Properties);
  return resources(template, 'AWS::IAM::Role').map(([id]) => ({
    name: withoutHash(id),
    arn: String(resolve(template, { 'Fn::GetAtt': [id, 'Arn'] })),
    document: {
      Version: '2012-10-17',
      Statement: policies
        .filter(({ Roles }) => (Roles as { Ref?: string }[]).some(({ Ref }) => Ref === id))
        .flatMap(({ PolicyDocument }) => (resolve(template, PolicyDocument) as Document).Statement),
    },
  }));
}

/** policies of buckets, keys and topics, by the ARN of what they guard */
export function resourcePolicies({ stacks }: Synthesized, resolve: Resolver): Map<string, Document> {
  const found = new Map<string, Document>();
  for (const template of Object.values(stacks)) {
    const arn = (reference: unknown) =>
      resolve(template, { 'Fn::GetAtt': [(reference as { Ref: string }).Ref, 'Arn'] }) as string;
    for (const [id, { Properties }] of resources(template, 'AWS::KMS::Key')) {
      found.set(arn({ Ref: id }), resolve(template, Properties.KeyPolicy) as Document);
    }
    for (const [, { Properties }] of resources(template, 'AWS::S3::BucketPolicy')) {
      found.set(arn(Properties.Bucket), resolve(template, Properties.PolicyDocument) as Document);
    }
    for (const [, { Properties }] of resources(template, 'AWS::SNS::TopicPolicy')) {
      for (const topic of Properties.Topics as unknown[]) {
        found.set(arn(topic), resolve(template, Properties.PolicyDocument) as Document);
      }
    }
  }
  return found;
}

/** keys that encrypt buckets and topics, by the ARN of what they encrypt */
export function encryptingKeys({ stacks }: Synthesized, resolve: Resolver): Map<string, string> {
  const found = new Map<string, string>();
  for (const template of Object.values(stacks)) {
    const note = (id: string, key: unknown) => {
      if (typeof key === 'string') found.set(String(resolve(template, { 'Fn::GetAtt': [id, 'Arn'] })), key);
    };
    for (const [id, { Properties }] of resources(template, 'AWS::S3::Bucket')) {
      const encryption = resolve(template, Properties.BucketEncryption) as
        | { ServerSideEncryptionConfiguration: { ServerSideEncryptionByDefault: { KMSMasterKeyID?: string } }[] }
        | undefined;
      note(id, encryption?.ServerSideEncryptionConfiguration[0]?.ServerSideEncryptionByDefault.KMSMasterKeyID);
    }
    for (const [id, { Properties }] of resources(template, 'AWS::SNS::Topic')) {
      note(id, resolve(template, Properties.KmsMasterKeyId));
    }
  }
  return found;
}

export function templateOf({ stacks }: Synthesized, stack: string): Template {
  const found = stacks[stack];
  if (!found) throw new Error(`the templates lack the stack ${stack}`);
  return found;
}

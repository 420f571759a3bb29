import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ObjectRef } from '../model/plan.js';

type Environment = Record<string, string | undefined>;

/** of the worker's, where it has keys of its own instead of a role */
const keysOfWorker = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];
/** where S3 is; no secret */
const places = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL_S3'];
/** seconds; AWS gives no more to a role that assumes another */
const duration = 3_600;

/** where S3 is, as the worker knows it */
export const s3Place = (environment: Environment): Record<string, string> => taken(environment, places);

/** what a program needs to write below one prefix: credentials for nothing else, where there is a role to be narrowed */
export async function taskCredentials(
  environment: Environment,
  role: string | undefined,
  prefix: ObjectRef,
): Promise<Record<string, string>> {
  const place = s3Place(environment);
  if (role === undefined) return { ...place, ...taken(environment, keysOfWorker) };
  const client = new STSClient({});
  try {
    const { Credentials: given } = await client.send(
      new AssumeRoleCommand({
        RoleArn: role,
        RoleSessionName: 'waterclock-task',
        DurationSeconds: duration,
        Policy: policyFor(role, prefix),
      }),
    );
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken)
      throw new Error(`assume role ${role}: the answer has no credentials`);
    return {
      ...place,
      AWS_ACCESS_KEY_ID: given.AccessKeyId,
      AWS_SECRET_ACCESS_KEY: given.SecretAccessKey,
      AWS_SESSION_TOKEN: given.SessionToken,
    };
  } finally {
    client.destroy();
  }
}

/** on top of the role's own: only what both allow */
export function policyFor(role: string, { bucket, key }: ObjectRef): string {
  const [, partition = 'aws'] = role.split(':');
  const Resource = `arn:${partition}:s3:::${bucket}/${key}*`;
  const keysOfLake = { Effect: 'Allow', Action: ['kms:GenerateDataKey', 'kms:Decrypt'], Resource: '*' };
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['s3:PutObject', 's3:AbortMultipartUpload'], Resource }, keysOfLake],
  });
}

function taken(environment: Environment, names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = environment[name];
      return value ? [[name, value]] : [];
    }),
  );
}

import { CreateBucketCommand, HeadBucketCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { CommandFailure, exitCodes } from './failure.js';

/** who makes a bucket that `setup` may not make */
const remedy =
  'on AWS, name the bucket of a rawBucket in lake.rawBuckets of infra/settings.ts and deploy; elsewhere, make it, or name one that is yours in WATERCLOCK_RAW_BUCKETS';

/** makes those that do not exist; returns their names */
export async function makeBuckets(names: string[], forcePathStyle: boolean, dryRun: boolean): Promise<string[]> {
  const client = new S3Client({ forcePathStyle });
  const made: string[] = [];
  try {
    for (const name of names) {
      if (await exists(client, name)) continue;
      if (!dryRun) await make(client, name);
      made.push(name);
    }
  } finally {
    client.destroy();
  }
  return made;
}

async function exists(client: S3Client, name: string): Promise<boolean> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: name }));
    return true;
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404) return false;
    if (status === 403) {
      throw new CommandFailure(
        exitCodes.failed,
        `the bucket ${name} answers "forbidden": these credentials may not see it, or its name belongs to another account. Check the credentials; ${remedy}`,
        { cause: error },
      );
    }
    throw error;
  }
}

async function make(client: S3Client, name: string): Promise<void> {
  const region = await client.config.region();
  try {
    await client.send(
      new CreateBucketCommand({
        Bucket: name,
        // us-east-1 is where a bucket without a location lies, and refuses its own name
        ...(region !== 'us-east-1' && { CreateBucketConfiguration: { LocationConstraint: region as 'eu-central-1' } }),
      }),
    );
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403) {
      throw new CommandFailure(
        exitCodes.failed,
        `the bucket ${name} does not exist, and these credentials may not make it: ${remedy}`,
        { cause: error },
      );
    }
    const isThere = error instanceof S3ServiceException && /^BucketAlready(OwnedByYou|Exists)$/.test(error.name);
    // another set-up was quicker, or the name is another account's, which asking tells
    if (!isThere || !(await exists(client, name))) throw error;
  }
}

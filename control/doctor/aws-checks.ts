import type { Check } from './finding.js';
import { noneMissing } from './finding.js';
import { readOutputs, type Deployed } from './aws-outputs.js';
import { imagesCheck, servicesCheck } from './aws-containers.js';
import { workgroupCheck } from './aws-warehouse.js';

/** stacks of an environment, in the order in which they are deployed */
export const stacks = [
  'network',
  'lake',
  'warehouse',
  'temporal',
  'registry',
  'workers',
  'observability',
  'access',
  'delivery',
] as const;

/** outputs that people and programs rely on */
export const outputs = [
  'LakeBucket',
  'Workgroup',
  'Namespace',
  'CopyRole',
  'TemporalAddress',
  'Repository',
  'Cluster',
  'AlarmTopic',
] as const;

/** what a deployment consists of, asked of AWS from outside its network */
export async function awsChecks(env: string): Promise<Record<string, Check>> {
  const deployed = once(() => readOutputs(env, stacks));
  const deploy = `\`npx cdk deploy --all -c env=${env}\` in infra/`;
  return {
    account: async () => {
      const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts');
      const client = new STSClient();
      const { Account, Arn } = await client.send(new GetCallerIdentityCommand({})).finally(() => client.destroy());
      return { ok: true, found: `${Account} as ${Arn}` };
    },
    stacks: async () => {
      const found = await deployed();
      const missing = stacks.filter((name) => !found.stacks.has(name));
      const broken = [...found.stacks].filter(([, status]) => !/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status));
      if (missing.length > 0 || broken.length === 0) {
        return noneMissing(missing, `${found.stacks.size} complete`, deploy);
      }
      const told = broken.map(([name, status]) => `${name} is ${status}`).join(', ');
      return {
        ok: false,
        found: told,
        remedy: `\`aws cloudformation describe-stack-events\` says why; then ${deploy}`,
      };
    },
    outputs: async () => {
      const found = await deployed();
      const missing = outputs.filter((name) => !found.outputs.get(name));
      return noneMissing(missing, outputs.join(', '), deploy);
    },
    buckets: async () => {
      const found = await deployed();
      const further = found.outputs.get('RawBuckets')?.split(',') ?? [];
      const names = [needed(found, 'LakeBucket'), ...further.filter((name) => name && name !== '-')];
      const { makeBuckets } = await import('../buckets.js');
      return noneMissing(await makeBuckets(names, false, true), names.join(', '), deploy);
    },
    images: async () => imagesCheck(needed(await deployed(), 'Repository')),
    warehouse: async () => {
      const found = await deployed();
      return workgroupCheck(needed(found, 'Workgroup'), needed(found, 'Namespace'), needed(found, 'CopyRole'));
    },
    services: async () => {
      const found = await deployed();
      const services = [...found.outputs].filter(([key]) => key.startsWith('Service')).map(([, value]) => value);
      return servicesCheck(needed(found, 'Cluster'), services, deploy);
    },
    endpoints: async () => {
      const found = await deployed();
      const named = ['TemporalAddress', 'WarehouseHost', 'WebUi'].flatMap((key) => found.outputs.get(key) ?? []);
      return noneMissing(named.length > 0 ? [] : ['TemporalAddress'], named.join(', '), deploy);
    },
  };
}

function needed({ outputs }: Deployed, key: string): string {
  const value = outputs.get(key);
  if (!value) throw new Error(`the stacks have no output ${key}`);
  return value;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { plan } from '../../../activities/plan.js';
import type { Dependencies } from '../../../activities/dependencies.js';
import type { Activities } from '../../../activities/types.js';
import { getJson } from '../../../lake/object-store.js';
import type { Plan, RunInput } from '../../../model/plan.js';
import { readSettings } from '../../../model/settings.js';
import { defineEntity } from '../../../define/entity.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { plainPipeline } from '../../support/no-op-service.js';

const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const rows = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.int() }) });
const pipeline = { ...plainPipeline, entities: [rows], rawBucket: 'shop-files' };
const { name } = pipeline;
const run = { pipeline: name, interval, workflowId: `${name}-${interval.end}`, runId: 'r', trigger: 'manual' as const };
const input = {
  pipeline: name,
  interval,
  grid: pipeline.grid,
  trigger: run.trigger,
  dbt: 'skip',
  params: {},
} as const;

interface Given {
  asked?: Partial<RunInput>;
  prepareBuild?: () => void;
  dbtSelect?: string;
}

const planned = async (environment: Record<string, string>, { asked, prepareBuild, dbtSelect }: Given = {}) => {
  const store = memoryStore();
  const dependencies = {
    store,
    pipelines: [{ ...pipeline, ...(dbtSelect && { dbtSelect }) }],
    settings: readSettings({
      WATERCLOCK_LAKE_BUCKET: 'lake',
      WATERCLOCK_REDSHIFT_DATABASE: 'warehouse',
      WATERCLOCK_REDSHIFT_WORKGROUP: 'group',
      WATERCLOCK_COPY_ROLE_ARN: 'arn:aws:iam::123456789012:role/copy',
      ...environment,
    }),
  } as unknown as Dependencies;
  const activity = plan(dependencies, prepareBuild);
  const { ref } = await (new MockActivityEnvironment().run(() =>
    activity({ input: { ...input, ...asked }, run }),
  ) as ReturnType<Activities['plan']>);
  return getJson<Plan>(store, ref);
};

test('a run keeps how long a text of SUPER may be, as the settings said when it began', async () => {
  const limits = async (environment: Record<string, string>) =>
    (await planned(environment)).entities.map(({ superTextBytes }) => superTextBytes);
  expect(await limits({})).toEqual([undefined]);
  expect(await limits({ WATERCLOCK_REDSHIFT_LARGE_STRINGS: 'true' })).toEqual([16_000_000]);
});

test('raw objects go to the bucket that the deployment has for the one of the definition', async () => {
  const bucket = async (environment: Record<string, string>) => (await planned(environment)).rawBucket;
  expect(await bucket({})).toBe('shop-files');
  expect(await bucket({ WATERCLOCK_RAW_BUCKETS: 'shop-files=acme-dev-shop-files' })).toBe('acme-dev-shop-files');
});

test('dbt is loaded ahead for a run that will build its models, and for no other', async () => {
  const isPrepared = async (asked: Partial<RunInput>, dbtSelect = 'tag:shop') => {
    let times = 0;
    await planned({}, { asked, dbtSelect, prepareBuild: () => void times++ });
    return times > 0;
  };
  expect(await isPrepared({ dbt: 'build' })).toBe(true);
  expect(await isPrepared({ dbt: 'skip' })).toBe(false);
  expect(await isPrepared({ dbt: 'defer' })).toBe(false);
  expect(await isPrepared({ dbt: 'build', until: 'copy' })).toBe(false);
  expect(await isPrepared({ dbt: 'build' }, '')).toBe(false);
});

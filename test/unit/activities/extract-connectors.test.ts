import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { Dependencies } from '../../../activities/dependencies.js';
import { getJson } from '../../../lake/object-store.js';
import { extract } from '../../../activities/extract.js';
import { plan } from '../../../activities/plan.js';
import { defineEntity } from '../../../define/entity.js';
import type { Pipeline } from '../../../define/pipeline.js';
import type { Plan } from '../../../model/plan.js';
import { readSettings } from '../../../model/settings.js';
import { airbyte, secret } from '../../../sources/declare.js';
import { memoryStore } from '../../../testing/memory-store.js';
import { fakeConnectors } from '../../support/fake-connectors.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';
import { tinyRun as run } from '../../support/tiny-run.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-connectors-'));
const manifest = pathToFileURL(join(folder, 'shop.yaml'));
const store = memoryStore();
const rows = defineEntity({
  name: 'rows',
  mode: 'append',
  schema: z.object({ id: z.int32() }),
  when: { $stream: 'orders' },
});
const environment = { PATH: process.env['PATH'], WATERCLOCK_CONNECTORS: folder, SHOP_TOKEN: 'planted-token' };

beforeAll(() => fakeConnectors(folder));
afterAll(() => rmSync(folder, { recursive: true }));

/** the pipeline as the project has it while the manifest reads like this */
function defined(text: string, config: object): Pipeline {
  writeFileSync(manifest, text);
  const own = { records: 2, stateEvery: 1, tellsAll: true, token: secret('SHOP_TOKEN'), ...config };
  return tinyPipeline({ source: airbyte({ manifest, streams: ['orders'], config: own }), entities: [rows] });
}

/** activities of a worker whose project has this pipeline, and what its connector was given */
function worker(pipeline: Pipeline) {
  const told: string[] = [];
  const log = new DefaultLogger('INFO', ({ message }) => void told.push(message));
  const settings = readSettings({
    WATERCLOCK_LAKE_BUCKET: 'lake',
    WATERCLOCK_REDSHIFT_DATABASE: 'warehouse',
    WATERCLOCK_REDSHIFT_WORKGROUP: 'group',
    WATERCLOCK_COPY_ROLE_ARN: 'arn:aws:iam::123456789012:role/copy',
  });
  const dependencies = { store, pipelines: [pipeline], environment, settings } as unknown as Dependencies;
  const activity = <T>(work: () => Promise<T>) =>
    new MockActivityEnvironment({ heartbeatTimeoutMs: 10_000 }, { logger: log }).run(work) as Promise<T>;
  const { interval } = run;
  const input = {
    pipeline: 'tiny',
    interval,
    grid: pipeline.grid,
    trigger: 'manual',
    dbt: 'skip',
    params: {},
  } as const;
  return {
    async plan() {
      const { ref } = await activity(() => plan(dependencies)({ input, run }));
      return getJson<Plan>(store, ref);
    },
    async extract(planned: Plan, runId: string) {
      await activity(() => extract(dependencies)({ run: { ...run, runId }, plan: planned }));
      const line = told.findLast((text) => text.startsWith('told ')) ?? '';
      return JSON.parse(line.slice(5)) as { config: Record<string, unknown> };
    },
  };
}

test('a run in flight reads by the config and the manifest that it was planned with', async () => {
  const planned = await worker(defined('version: 1\n', { region: 'eu' })).plan();
  expect(JSON.stringify(planned)).not.toContain('planted');
  const edited = worker(defined('version: 2\n', { region: 'us' }));
  const ofManifest = ({ config }: { config: Record<string, unknown> }) => [
    config['region'],
    config['__injected_declarative_manifest'],
  ];
  expect(ofManifest(await edited.extract(planned, 'first'))).toMatchObject(['eu', { version: 1 }]);
  expect(ofManifest(await edited.extract(await edited.plan(), 'next'))).toMatchObject(['us', { version: 2 }]);
});

import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { DbtResult } from '../../model/dbt.js';
import { dbtBuildsId } from '../../model/names.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { eventually } from '../support/eventually.js';
import { noOpService, type NoOpService } from '../support/no-op-service.js';

const total: DbtResult = { status: 'success', ok: 1, failed: 0, skipped: 0, failures: [] };
const builds = { begun: 0, ended: 0 };

let service: NoOpService;
// on a real server: the one that skips time does not take the end of a step that is being cancelled
beforeAll(async () => {
  service = await noOpService(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '', builtWorkflows(), () => ({
    dbtBuild: async () => {
      builds.begun++;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      builds.ended++;
      return { bySelect: {}, total, artifacts: '' };
    },
  }));
});
afterAll(() => service?.close());

test('a builder that is cancelled ends after its builds: the next one meets no dbt at work', async () => {
  const { client, settings } = service;
  const asked = await client.workflow.start('dbtRequest', {
    workflowId: 'asked',
    taskQueue: settings.taskQueue,
    args: [{ select: 'tag:x', dbtTarget: settings.dbt.target }],
  });
  await eventually(() => builds.begun === 1);
  const builder = client.workflow.getHandle(dbtBuildsId(settings.dbt.target));
  await builder.cancel();
  await expect(builder.result()).rejects.toThrow();
  expect(builds).toEqual({ begun: 1, ended: 1 });
  await asked.terminate();
});

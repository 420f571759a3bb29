import { afterAll, beforeAll, expect, test } from 'vitest';
import { intervalsBetween, iso } from '../../model/interval.js';
import { backfillId } from '../../model/names.js';
import type { BackfillResult } from '../../model/backfill.js';
import { backfill } from '../../workflows/backfill.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { noOpService, plainPipeline, type NoOpService } from '../support/no-op-service.js';
import { atLevel } from '../support/level.js';
import { ownTemporal, type OwnTemporal } from '../support/own-temporal.js';

let temporal: OwnTemporal;
let service: NoOpService;
beforeAll(async () => {
  temporal = await ownTemporal();
  service = await noOpService(temporal.address, builtWorkflows());
});
afterAll(async () => {
  await service?.close();
  await temporal?.close();
});

const hour = 3_600_000;
const runsAnExecution = 200;
const maxActive = 20;
const count = atLevel(600, 2_000);

test(`${count} intervals: each once, a new execution every 200, no history near its limits`, async () => {
  const pipeline = plainPipeline;
  service.pipelines.push(pipeline);
  const from = Date.parse('2024-02-01T00:00:00Z');
  const range = { from: iso(from), to: iso(from + count * hour) };
  const id = backfillId(pipeline.name, range.from, range.to);
  const handle = await service.client.workflow.start(backfill, {
    workflowId: id,
    taskQueue: service.settings.taskQueue,
    args: [
      {
        pipeline: pipeline.name,
        ...range,
        grid: pipeline.grid,
        maxActive,
        dbt: 'skip',
        dbtTarget: 'none',
        heartbeatTimeout: 10_000,
        params: {},
      },
    ],
  });
  const result: BackfillResult = await handle.result();
  expect(result).toMatchObject({ status: 'completed', total: count, started: count, succeeded: count, failedCount: 0 });

  const loaded = service.ledger.rows.map(({ run }) => run.interval.start).sort();
  expect(loaded).toEqual(intervalsBetween(pipeline.grid, from, from + count * hour).map(({ start }) => start));

  const lengths: number[] = [];
  for await (const execution of service.client.workflow.list({ query: `WorkflowId = "${id}"` }))
    lengths.push(execution.historyLength);
  // what is carried over counts among the next execution's 200
  expect(lengths.length).toBeGreaterThanOrEqual(count / runsAnExecution);
  expect(lengths.length).toBeLessThanOrEqual(count / (runsAnExecution - maxActive) + 1);
  // the server suggests to continue as new at 4,096 events and warns at 10,240
  expect(Math.max(...lengths)).toBeLessThan(1_000);
  expect(temporal.log()).not.toMatch(/history (size|count)/i);
});

import { expect, test } from 'vitest';
import { fieldsOf, logsQueries } from '../support/logs-dashboard.js';
import { world } from '../support/world.js';

/** `{ error: { message } }` as CloudWatch names it: `error.message` */
const pathsOf = (value: object, prefix = ''): string[] =>
  Object.entries(value).flatMap(([key, one]) =>
    typeof one === 'object' && one !== null ? pathsOf(one as object, `${prefix}${key}.`) : [`${prefix}${key}`],
  );

/** those about builds are held to the activity: test/unit/docs/logs-dashboard.test.ts */
const queries = logsQueries.filter((expression) => !/dbt built|buildId/.test(expression));

test('panels ask Logs Insights for fields that the lines of a worker have', { timeout: 180_000 }, async () => {
  const deployment = await world();
  try {
    const worker = await deployment.startWorker();
    let told = '';
    worker.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
    await deployment.client.workflow.start('pipelineRun', {
      workflowId: 'unknown-2022-11-24T11:00:00Z',
      taskQueue: deployment.environment['WATERCLOCK_TASK_QUEUE'] ?? '',
      args: [
        {
          pipeline: 'unknown',
          interval: { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' },
          grid: { every: 3_600_000 },
          trigger: 'manual',
          dbt: 'skip',
          params: {},
        },
      ],
    });
    const seen = () => {
      const lines = told.split('\n').flatMap((line) => {
        try {
          return [JSON.parse(line) as object];
        } catch {
          return [];
        }
      });
      return new Set(lines.flatMap((line) => pathsOf(line)));
    };
    const named = [...new Set(queries.flatMap(fieldsOf))];
    expect(named).toEqual(expect.arrayContaining(['level', 'message', 'workflowId', 'activityType', 'error.message']));
    await expect.poll(() => named.filter((name) => !seen().has(name)), { timeout: 60_000 }).toEqual([]);
    await expect.poll(() => told, { timeout: 60_000 }).toContain('"message":"Activity failed"');
  } finally {
    await deployment.close();
  }
});

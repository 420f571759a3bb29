import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { world } from '../support/world.js';

interface Dashboard {
  panels: { title: string; targets: { expression: string; logGroups: { arn: string }[] }[] }[];
  templating: { list: { name: string }[] };
}

const dashboard = JSON.parse(readFileSync('infra/grafana/cloudwatch/waterclock-logs.json', 'utf8')) as Dashboard;
const queries = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expression }) => ({ title, expression })),
);

/** words of Logs Insights: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
const words = 'fields filter stats sort limit by as in and count sum bin ispresent asc desc'.split(' ');

/** the fields that a query names: no words of the language, texts, names that it gives itself, lengths of time */
function fieldsOf(expression: string): string[] {
  const bare = expression.replace(/"[^"]*"/g, '').replace(/\bas \w+/g, '');
  return [...bare.matchAll(/(?<![\w.])@?[A-Za-z][\w.]*/g)].flatMap(([name]) => (words.includes(name) ? [] : name));
}

/** `{ error: { message } }` as CloudWatch names it: `error.message` */
const pathsOf = (value: object, prefix = ''): string[] =>
  Object.entries(value).flatMap(([key, one]) =>
    typeof one === 'object' && one !== null ? pathsOf(one as object, `${prefix}${key}.`) : [`${prefix}${key}`],
  );

test('every panel asks Logs Insights for fields that the lines of a worker have', { timeout: 180_000 }, async () => {
  const deployment = await world();
  try {
    const worker = await deployment.startWorker();
    let told = '';
    worker.stderr?.on('data', (chunk: Buffer) => (told += chunk.toString()));
    const { workflow } = deployment.client;
    await workflow.start('pipelineRun', {
      workflowId: 'unknown-2022-11-24T11:00:00Z',
      taskQueue: deployment.environment['WATERCLOCK_TASK_QUEUE'] ?? '',
      args: [{ pipeline: 'unknown', grid: { every: 3_600_000 }, trigger: 'manual', dbt: 'skip', params: {} }],
    });
    // nothing is loaded: models whose tables are not there fail. 3: the server does not name the worker yet
    await expect.poll(async () => (await deployment.waterclock('build', '--wait')).code, { timeout: 120_000 }).toBe(1);
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
    const named = [...new Set(queries.flatMap(({ expression }) => fieldsOf(expression)))].filter(
      (name) => name !== '@timestamp',
    );
    expect(named).toEqual(expect.arrayContaining(['level', 'message', 'workflowId', 'activityType', 'error.message']));
    await expect.poll(() => named.filter((name) => !seen().has(name)), { timeout: 60_000 }).toEqual([]);
    for (const message of queries.flatMap(({ expression }) => /message = "([^"]+)"/.exec(expression)?.[1] ?? [])) {
      expect(told).toContain(`"message":"${message}"`);
    }
  } finally {
    await deployment.close();
  }
});

test('every panel asks the log groups and the run that are chosen above it', () => {
  const variables = dashboard.templating.list.map(({ name }) => name);
  expect(variables).toEqual(['datasource', 'log_groups', 'run']);
  const used = [...JSON.stringify(dashboard.panels).matchAll(/\$\{?([a-z_]+)/g)].map(([, name]) => name);
  expect(new Set(used)).toEqual(new Set(variables));
});

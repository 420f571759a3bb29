import { z } from 'zod';
import { expect, test } from 'vitest';
import { airbyteSyncTask, secret } from '../../../sources/declare.js';
import { task } from '../../../tasks/declare.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const command = ['python3', 'export.py', '{start:date}', '{params.region}'];
const params = z.object({ region: z.string().default('eu') });

test('tasks of a pipeline are plain data: programs with names', () => {
  const environment = { TOKEN: secret('SHOP_TOKEN') };
  const { tasks } = tinyPipeline({ params, tasks: { after: [task({ name: 'export', command, environment })] } });
  expect(tasks).toEqual({ before: [], after: [{ name: 'export', command, environment, grace: 10_000 }] });
});

const sync = (name: string, connection = 'e735894a-e773-4938-969f-45f53957b75b', token = 'AIRBYTE_TOKEN') =>
  airbyteSyncTask({ name, server: 'https://airbyte/v1/', connection, auth: { token: secret(token) } });

test('a sync of an Airbyte server is a step with a connection in place of a program', () => {
  const { tasks } = tinyPipeline({ tasks: { before: [sync('land')] } });
  const auth = { token: { secret: 'AIRBYTE_TOKEN' } };
  expect(tasks?.before).toMatchObject([
    { name: 'land', command: [], sync: { server: 'https://airbyte/v1', auth, poll: 10_000, timeout: 86_400_000 } },
  ]);
  expect(() => sync('land', 'shop')).toThrow(
    "must be the id of a connection, as in its address in Airbyte, got 'shop'",
  );
});

test.each([
  ["got 'Land it'", [sync('Land it')]],
  ["task 'a': its secret 'the token' must be", [sync('a', undefined, 'the token')]],
  ["two tasks of `after` are named 'a'", [sync('a'), task({ name: 'a', command: ['true'] })]],
  ["needs a `name`, lower snake_case, got ''", [task({ command: ['true'] })]],
  ["got 'Export it'", [task({ name: 'Export it', command: ['true'] })]],
  [
    "two tasks of `after` are named 'a'",
    [task({ name: 'a', command: ['true'] }), task({ name: 'a', command: ['true'] })],
  ],
  ["task 'a': its task has no program", [task({ name: 'a', command: [] })]],
  ["task 'a': only what a source prints is read", [task({ name: 'a', command: ['true'], output: 'stdout' })]],
  ["task 'a': its command has {start:day}", [task({ name: 'a', command: ['true', '{start:day}'] })]],
  ['a task names {params.region}, which is not declared in params', [task({ name: 'a', command })]],
  [
    'variables that begin with WATERCLOCK_',
    [task({ name: 'a', command: ['true'], environment: { WATERCLOCK_RUN: 'x' } })],
  ],
  ["names 'A B'", [task({ name: 'a', command: ['true'], environment: { 'A B': 'x' } })]],
])('refused: %s', (problem, after) => {
  expect(() => tinyPipeline({ tasks: { after } })).toThrow(problem);
});

test('a source that is a task is looked at like them', () => {
  expect(() => tinyPipeline({ source: task({ command: ['', 'x'] }) })).toThrow("say command: ['python3', 'etl.py']");
  expect(() => tinyPipeline({ source: task({ command }) })).toThrow('its source names {params.region}');
  expect(tinyPipeline({ params, source: task({ command }) }).source).toMatchObject({ kind: 'task', output: 'objects' });
});

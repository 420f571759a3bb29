import { z } from 'zod';
import { expect, test } from 'vitest';
import { secret } from '../../../sources/declare.js';
import { task } from '../../../tasks/declare.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const command = ['python3', 'export.py', '{start:date}', '{params.region}'];
const params = z.object({ region: z.string().default('eu') });

test('tasks of a pipeline are plain data: programs with names', () => {
  const environment = { TOKEN: secret('SHOP_TOKEN') };
  const { tasks } = tinyPipeline({ params, tasks: { after: [task({ name: 'export', command, environment })] } });
  expect(tasks).toEqual({ before: [], after: [{ name: 'export', command, environment, grace: 10_000 }] });
});

test.each([
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

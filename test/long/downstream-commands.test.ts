import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { CommandDefinition } from '../../starter/command-definition.js';
import { markCommand } from '../../starter/commands/mark.js';
import { retryCommand } from '../../starter/commands/retry.js';
import { showCommand } from '../../starter/commands/show.js';
import type { Context } from '../../control/context.js';
import type { RetryOptions } from '../../control/retries.js';
import { createTerminal } from '../../starter/terminal.js';
import { attributes } from '../../model/attributes.js';
import { downstreamId } from '../../model/names.js';
import { eventually } from '../support/eventually.js';
import { last, linkedPipelines, type LinkedPipelines } from '../support/linked-pipelines.js';

let service: LinkedPipelines;
beforeAll(async () => {
  service = await linkedPipelines(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '');
});
afterAll(() => service?.close());
beforeEach(() => service.extracted.splice(0));

/** a command on these pipelines, in this process */
async function waterclock<A extends unknown[], O>(command: CommandDefinition<A, O>, options: O, ...words: A) {
  const { client, settings, pipelines, store, warehouse } = service;
  let [stdout, stderr] = ['', ''];
  const terminal = createTerminal({ write: (text) => (stdout += text) }, { write: (text) => (stderr += text) }, {});
  const { namespace } = client.options;
  const context = {
    terminal,
    settings: () => settings,
    user: () => 'ada',
    pipelines: async () => pipelines,
    temporal: async () => ({ client, connection: client.connection, namespace }),
    store: async () => store,
    warehouse: async () => warehouse,
    leaving: () => undefined,
  } as unknown as Context;
  const given = { ...options } as Parameters<typeof command.run>[1];
  try {
    return { code: await command.run(context, given, ...words), stdout, stderr };
  } catch (error) {
    return { code: 2, stdout, stderr: `${stderr}${(error as Error).message}` };
  }
}

const again: RetryOptions = { fromStep: 'extract', dbt: 'skip', maxActive: 2 };
const json = ({ stdout }: { stdout: string }): unknown => JSON.parse(stdout);

test('a retry says which runs used the run, and a dry run which would run again', async () => {
  const { define, load } = service;
  const run = define({ a: [], b: ['a'], c: ['b'] });
  await load(['a', 'b', 'c'].map((name) => run(name)));
  const usedBy = [run('b'), run('c')];
  const dry = await waterclock(retryCommand, { ...again, downstream: true, dryRun: true }, run('a'));
  expect(dry.stdout).toContain(`then, in order: ${usedBy.join(', ')}`);
  const told = await waterclock(retryCommand, { ...again, dryRun: true, json: true }, run('a'));
  expect(json(told)).toMatchObject({ status: 'dry run', usedBy });
  const retried = await waterclock(retryCommand, { ...again, wait: true }, run('a'));
  expect(retried.code).toBe(0);
  expect(retried.stderr).toContain(
    `2 runs used it: ${usedBy.join(', ')}; \`waterclock retry ${run('a')} --downstream\` runs them again too`,
  );
  expect(service.extracted).toHaveLength(4);
});

test('with --downstream and --wait it waits for what follows, and answers with both', async () => {
  const { define, load, failing } = service;
  const run = define({ a: [], b: ['a'], c: ['b'] });
  await load(['a', 'b', 'c'].map((name) => run(name)));
  const options: RetryOptions = { ...again, downstream: true, wait: true, json: true };
  const good = await waterclock(retryCommand, options, run('a'));
  const workflow = downstreamId(run('a'));
  expect(good.code).toBe(0);
  expect(json(good)).toMatchObject({
    run: run('a'),
    status: 'completed',
    downstream: { workflow, status: 'completed' },
  });
  failing.add(run('b'));
  const bad = await waterclock(retryCommand, options, run('a'));
  failing.clear();
  expect(bad.code).toBe(1);
  expect(json(bad)).toMatchObject({ status: 'completed', downstream: { status: 'failed' } });
});

test('of a range, what follows is named, waited for, and refused while it is under way', async () => {
  const { define, load, held } = service;
  const run = define({ a: [], b: ['a'] });
  await load(['a', 'b'].map((name) => run(name)));
  const name = run('a').split('-')[0] ?? '';
  const range: RetryOptions = { ...again, from: last.start, to: last.end, downstream: true };
  held.add(run('b'));
  const begun = await waterclock(retryCommand, { ...range, json: true }, name);
  expect(begun.code).toBe(0);
  expect(json(begun)).toMatchObject({ runs: 1, usedBy: [run('b')] });
  await eventually(() => service.countOf(run('b')) === 2);
  const refused = await waterclock(retryCommand, { ...range, wait: true }, name);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/downstream-retry-.* is running: wait for its end, or `waterclock cancel/);
  held.clear();
  await service.followed((json(begun) as { retry: string }).retry);
  expect((await waterclock(retryCommand, { ...range, wait: true }, name)).code).toBe(0);
  expect(service.countOf(run('b'))).toBe(3);
});

test('a mark signals the run that waits for the interval, and show names what a run comes after and what used it', async () => {
  const { define, load, start } = service;
  const run = define({ a: [], b: ['a'], c: ['b'] });
  const b = await start(run('b'));
  await eventually(async () => (await b.describe()).typedSearchAttributes.get(attributes.Step) === 'wait');
  const waiting = await waterclock(showCommand, {}, run('b'));
  const name = run('a').split('-')[0] ?? '';
  expect(waiting.stdout).toContain(`after ${name}, which has loaded 0 of 1: ${run('a')} is not done`);
  const marked = await waterclock(markCommand, { note: 'loaded by hand' }, run('a'), 'done');
  expect(marked.stderr).toContain(`signalled ${run('b')}, which waited for it`);
  await b.result();
  await load([run('c')]);
  const options: object = { json: true };
  const shown = await waterclock(showCommand, options, run('b'));
  expect(json(shown)).toMatchObject({
    neighbours: { after: [{ pipeline: name, needed: 1, done: 1 }], usedBy: [run('c')] },
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { watchScheduleId } from '../../model/names.js';
import { commands } from '../../starter/commands/index.js';
import { recordText } from '../support/aws-calls/settled.js';
import { recordedRoles, startRecording, type Recording } from '../support/recorded-project/recording.js';

// what each role asks of AWS is kept in test/infra/recorded/, where the policies of its role are held to it without a
// stack: `npm run record:permissions` records again

const root = join(import.meta.dirname, '../..');
let recording: Recording;
const ran = new Set<string>();

beforeAll(async () => {
  recording = await startRecording();
  ran.add('setup');
}, 240_000);
afterAll(() => recording?.close());

/** runs a command, which must end well unless it may not */
async function works(words: string[], mayFail = false): Promise<void> {
  ran.add(words[0] ?? '');
  const { code, stderr } = await recording.service.waterclock(...words);
  if (code !== 0 && !mayFail) throw new Error(`waterclock ${words.join(' ')} ended with ${code}: ${stderr}`);
}
const waits = (...words: string[]) => works([...words, '--wait']);
const skips = (...words: string[]) => waits(...words, '--dbt', 'skip');

const at = (hour: number) => `2022-11-24T${hour}:00:00Z`;
/** the run of the interval that fails */
const failed = `asked-${at(12)}`;

test('pipelines of every kind load', async () => {
  await waits('backfill', 'create', 'readings', '--from', '2018-02-01T00:00Z', '--to', '2018-02-01T02:00Z');
  await skips('backfill', 'create', 'minibuses', '--from', at(10), '--to', at(12));
  await skips('run', 'catalog');
  for (const name of ['listed', 'announced', 'borrowed', 'programmed', 'asked', 'following']) {
    await skips('run', name, '--interval', at(10));
  }
});

test('steps are done again, from each of them on', async () => {
  const readings = 'readings-2018-02-01T01:00:00Z';
  for (const step of ['extract', 'validate', 'parquet', 'copy'] as const)
    await skips('retry', readings, '--from-step', step);
  await waits('retry', readings, '--from-step', 'dbt');
  const range = ['readings', '--from', '2018-02-01T00:00Z', '--to', '2018-02-01T02:00Z'];
  await skips('backfill', 'create', ...range, '--from-step', 'copy', '--reprocess', 'completed');
  await skips('retry', ...range, '--from-step', 'validate');
  await works(['rebuild', 'readings.readings', '--wait']);
  await works(['build', 'readings', '--wait']);
});

test('a run that fails alerts on every channel of AWS', async () => {
  recording.breakApi(true);
  await works(['run', 'asked', '--interval', at(11), '--wait', '--dbt', 'skip'], true);
  recording.breakApi(false);
  const alerted = () => recording.callsOf('workflows').calls.map(({ action }) => action);
  await expect.poll(alerted, { timeout: 60_000 }).toEqual(expect.arrayContaining(['ses:SendEmail', 'sns:Publish']));
});

test('the watch looks at what is scheduled', async () => {
  await works(['schedule', 'apply']);
  // nothing else begins while this is recorded
  for (const name of ['readings', 'minibuses', 'catalog', 'announced', 'borrowed', 'programmed', 'asked']) {
    await works(['schedule', 'pause', name]);
  }
  const watch = recording.service.client.schedule.getHandle(watchScheduleId);
  for (const _ of [1, 2]) {
    const before = (await watch.describe()).info.numActionsTaken;
    await watch.trigger();
    await expect
      .poll(async () => (await watch.describe()).info.numActionsTaken, { timeout: 60_000 })
      .toBeGreaterThan(before);
    const newest = (await watch.describe()).info.recentActions.at(-1)?.action.workflow.workflowId ?? '';
    await recording.service.client.workflow.getHandle(newest).result();
  }
  for (const name of ['listed', 'following']) await works(['schedule', 'pause', name]);
});

test('an operator asks and says what there is to ask and say', async () => {
  await works(['doctor'], true);
  await works(['doctor', '--with-sample', 'readings', '--project', join(root, 'test/project')], true);
  for (const words of [
    ['pipelines'],
    ['schema', 'readings'],
    ['migrate', 'readings'],
    ['migrate', '--bootstrap'],
    ['runs'],
    ['show', failed],
    ['logs', failed],
    ['logs', 'readings-2018-02-01T01:00:00Z', '--step', 'dbt'],
    ['grid', 'readings', '--from', '2018-02-01T00:00Z', '--to', '2018-02-01T03:00Z'],
    ['pools'],
    ['rejected', 'minibuses', '--records'],
    ['note', failed, 'the API was away'],
    ['mark', failed, 'done', '--note', 'it had nothing'],
    ['results'],
    ['query', 'select 1 as one'],
    ['secrets'],
    ['metrics'],
    ['docs', '--no-serve'],
    ['backfill', 'list'],
    ['schedule', 'list'],
  ]) {
    await works(words);
  }
  await works(['late'], true);
  // of what is not there: what they ask first is what they ask
  for (const words of [
    ['cancel', failed],
    ['resolve', failed, 'retry'],
    ['deployment', 'show'],
  ])
    await works(words, true);
});

test('every command was run', () => {
  // of a machine, its files and a source: they reach no deployment
  const local = ['init', 'start', 'test', 'new', 'connectors'];
  const words = commands.map(({ usage }) => usage.split(' ')[0] ?? '');
  expect(words.filter((word) => !ran.has(word) && !local.includes(word))).toEqual([]);
});

test('dbt signs in to Redshift as its role', async () => {
  const { environment } = recording.service;
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-dbt-'));
  const paths = ['--project-dir', join(root, 'examples/dbt'), '--profiles-dir', join(root, 'examples/dbt')];
  const written = ['--log-path', folder];
  // it gets the credentials, and there is nobody at the address
  const dbt = spawn(inject('stack').tools.dbt, ['debug', '--target', 'prod', ...paths, ...written], {
    env: {
      ...environment,
      HOME: process.env['HOME'],
      AWS_ENDPOINT_URL: recording.addressOf('transform'),
      WATERCLOCK_REDSHIFT_HOST: '127.0.0.1',
      WATERCLOCK_REDSHIFT_PORT: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [dbt.stdout, dbt.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await once(dbt, 'close');
  rmSync(folder, { recursive: true, force: true });
  const actions = recording.callsOf('transform').calls.map(({ action }) => action);
  expect({ actions, said }).toMatchObject({
    actions: expect.arrayContaining(['redshift-serverless:GetCredentials']) as unknown,
  });
});

test.each(recordedRoles)('what %s asks of AWS is what is kept', async (role) => {
  const { calls, problems } = recording.callsOf(role);
  expect(problems).toEqual([]);
  await expect(recordText(calls)).toMatchFileSnapshot(`../infra/recorded/${role}.json`);
});

import { expect, test } from 'vitest';
import { usualPorts } from '../../../local/ports.js';
import type { JobOutcome, PipelineOutcome } from '../../../local/start/main-job.js';
import {
  answerLines,
  header,
  jobLine,
  stackLine,
  table,
  waitingLines,
  redshiftLine,
  webUiLine,
} from '../../../local/start/screen.js';

const outcome = (pipeline: string, total: number, more: Partial<PipelineOutcome> = {}): PipelineOutcome => ({
  pipeline,
  total,
  done: total,
  started: total,
  loadedEarlier: 0,
  failures: [],
  seconds: 3,
  simulated: false,
  waiting: [],
  waitingCount: 0,
  ...more,
});

const first: JobOutcome = {
  pipelines: [
    outcome('readings', 169, { seconds: 61 }),
    outcome('minibuses', 2, { simulated: true }),
    outcome('catalog', 1, { simulated: true }),
  ],
  dbt: { status: 'success', ok: 38, failed: 0, skipped: 0, failures: [] },
  failures: [],
};

test('the first start', () => {
  expect(header('0.1.0', '20.20.2', '3.12.4')).toBe('waterclock 0.1.0   node 20.20   python 3.12');
  expect(stackLine({ ...usualPorts, temporal: 7243 }, ['7233 taken: now 7243'])).toBe(
    'stack      temporal 7243   s3 9000   postgres 5433   redshift-data 8334   redshift 5439      (7233 taken: now 7243)',
  );
  expect(jobLine(first)).toBe(
    'main job   readings 169/169  61 s   minibuses 2/2 (simulated)   catalog 1/1 (simulated)   dbt 38 ok',
  );
});

test('a start with nothing new', () => {
  const pipelines = first.pipelines.map((one) => ({ ...one, started: 0, loadedEarlier: one.total }));
  expect(jobLine({ pipelines, failures: [] })).toBe('main job   0 new runs, 172 loaded earlier');
});

test('failures show in the counts', () => {
  const failed = outcome('readings', 169, { done: 167, failures: ['a', 'b'] });
  const dbt = { status: 'failed', ok: 36, failed: 1, skipped: 1, failures: [] };
  expect(jobLine({ pipelines: [failed], dbt, failures: [] })).toBe(
    'main job   readings 167/169   dbt 36 ok, 1 failed, 1 skipped',
  );
});

test('files of an hour that is not due are listed as waiting', () => {
  const waiting = outcome('minibuses', 0, { waiting: ['a', 'b', 'c', 'd'], waitingCount: 40 });
  expect(waitingLines({ pipelines: [waiting], failures: [] })).toEqual([
    'waiting    minibuses: 40 files of an hour that is not due yet (a, b, c, ...)',
  ]);
});

test('rows of simulated sources are labelled', () => {
  const ledger = [
    { pipeline: 'readings', runs: 169 },
    { pipeline: 'catalog', runs: 1 },
  ];
  expect(answerLines({ pipelines: ledger, answers: [{ title: 'none', sql: 'select 1', rows: [] }] }, first)).toEqual([
    '',
    'pipeline              runs',
    'readings               169',
    'catalog (simulated)      1',
    '',
    'none',
    '  no rows',
    '',
  ]);
});

test('a table of nothing is nothing', () => {
  expect(table([])).toEqual([]);
});

test('a BI tool is given what it asks for', () => {
  expect(redshiftLine(usualPorts, 'sample')).toMatch(
    /port 5439 .*database warehouse .*user awsuser .*\.waterclock\/sample\/credentials\.json/,
  );
});

test('over ssh the tunnel is shown', () => {
  const own = { SSH_CONNECTION: '10.0.0.5 5000 10.0.0.9 22', USER: 'ada' };
  expect(webUiLine('http://127.0.0.1:8233', usualPorts, own)).toContain('ssh -L 8233:127.0.0.1:8233 ada@10.0.0.9');
  expect(webUiLine('http://127.0.0.1:8233', usualPorts, {})).toBe('Web UI  http://127.0.0.1:8233');
});

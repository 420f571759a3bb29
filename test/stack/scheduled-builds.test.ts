import type { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import type { Alert } from '../../model/alert.js';
import { selectionKey, type DbtResult } from '../../model/dbt.js';
import { iso } from '../../model/interval.js';
import type { BuildOptions } from '../../define/builds.js';
import { defineProject, type Project } from '../../define/project.js';
import type { Context } from '../../control/context.js';
import { temporalChecks } from '../../control/doctor/temporal-checks.js';
import { runCommand } from '../../starter/run-command.js';
import type { Terminal } from '../../control/terminal.js';
import { createTerminal } from '../../starter/terminal.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { memoryStore } from '../../testing/memory-store.js';
import { noOpService, type NoOpService } from '../support/no-op-service.js';
import { tinyPipeline } from '../support/tiny-pipeline.js';

const success: DbtResult = { status: 'success', ok: 1, failed: 0, skipped: 0, failures: [] };
const failed: DbtResult = {
  status: 'failed',
  ok: 3,
  failed: 1,
  skipped: 1,
  failures: [
    { name: 'unique_x', message: '2 rows fail' },
    { name: 'mart_x', message: 'blocked by unique_x' },
  ],
};

let service: NoOpService;
let outcome: DbtResult;
let built: { select: string; fullRefresh: boolean; at: number }[];
const alerts: (Alert & { channel: string })[] = [];

beforeAll(async () => {
  service = await noOpService(inject('stack').environment['TEMPORAL_ADDRESS'] ?? '', builtWorkflows(), () => ({
    sendAlert: async ({ alert, channel }) => void alerts.push({ ...alert, channel }),
    dbtBuild: async ({ selections, fullRefresh = false }) => {
      for (const { select } of selections) built.push({ select, fullRefresh, at: Date.now() });
      return {
        bySelect: Object.fromEntries(selections.map((one) => [selectionKey(one), outcome])),
        total: outcome,
        artifacts: '',
      };
    },
  }));
});
afterAll(() => service?.close());
beforeEach(() => {
  outcome = success;
  built = [];
});

const daily: BuildOptions = {
  name: 'daily',
  every: '1 day',
  select: 'tag:daily',
  fullRefresh: true,
  owner: 'data-platform',
  alerts: { failed: ['slack', 'log'] },
};
const of = (...builds: BuildOptions[]) => defineProject({ pipelines: [tinyPipeline()], builds });

function contextOf(project: Project, terminal?: Terminal): Context {
  const { connection } = service.client;
  return {
    terminal,
    namesDeployment: true,
    settings: () => service.settings,
    user: () => 'tester',
    project: async () => project,
    pipelines: async () => project.pipelines,
    temporal: async () => ({ client: service.client, connection, namespace: service.settings.taskQueue }),
    store: async () => memoryStore(),
    warehouse: async () => service.ledger.warehouse,
    leaving: () => undefined,
    close: async () => undefined,
  } as unknown as Context;
}

/** one command on a project, as `waterclock` runs it with `--json` */
async function waterclock(
  project: Project,
  ...words: string[]
): Promise<{ code: number; json: unknown; said: string }> {
  let [stdout, said] = ['', ''];
  const terminal = createTerminal({ write: (text) => (stdout += text) }, { write: (text) => (said += text) }, {});
  const context = contextOf(project, terminal);
  const code = await runCommand([...words, '--json'], context);
  return { code, json: stdout.trim() ? JSON.parse(stdout) : undefined, said };
}

const applied = async (project: Project, ...words: string[]) => {
  const { json } = await waterclock(project, 'schedule', 'apply', ...words);
  const { schedules } = json as { schedules: { schedule: string; pipeline: string | null; status: string }[] };
  return Object.fromEntries(schedules.map(({ schedule, status }) => [schedule, status]));
};

/** lets the schedule fire for this time, which has passed */
async function fire(name: string, at: number): Promise<void> {
  const handle = service.client.schedule.getHandle(`waterclock-build-${name}`);
  const slot = { start: new Date(at - 1000), end: new Date(at + 1000) };
  await handle.backfill({ ...slot, overlap: 'ALLOW_ALL' });
}

test('its schedule is applied, alone or with all, kept as it is, and removed with its definition', async () => {
  expect(await applied(of(daily), 'build:daily')).toEqual({ 'waterclock-build-daily': 'created' });
  expect(await applied(of(daily))).toEqual({
    'waterclock-tiny': 'created',
    'waterclock-build-daily': 'unchanged',
    watch: 'created',
  });
  await service.client.schedule.getHandle('watch').pause();
  expect(await applied(of({ ...daily, select: 'tag:other' }), 'build:daily')).toEqual({
    'waterclock-build-daily': 'updated',
  });
  const described = await service.client.schedule.getHandle('waterclock-build-daily').describe();
  expect(described).toMatchObject({
    policies: { overlap: 'SKIP' },
    action: {
      workflowType: 'dbtRequest',
      workflowId: 'build-daily',
      args: [{ select: 'tag:other', dbtTarget: service.settings.dbt.target, fullRefresh: true, name: 'build:daily' }],
    },
  });
  const listed = () => waterclock(of(), 'schedule', 'apply', '--dry-run');
  await expect
    .poll(async () => (await listed()).json)
    .toMatchObject({
      schedules: expect.arrayContaining([
        expect.objectContaining({ pipeline: 'build:daily', status: 'unknown' }),
      ]) as unknown,
    });
  expect(await applied(of(), '--prune')).toMatchObject({ 'waterclock-build-daily': 'pruned' });
  await expect(service.client.schedule.getHandle('waterclock-build-daily').describe()).rejects.toThrow();
  expect((await waterclock(of(daily), 'schedule', 'apply', 'build:dayly')).said).toContain(
    "'build:dayly' is not a build on a schedule, did you mean build:daily? (known: build:daily)",
  );
});

test('the doctor misses its schedule until it is applied', async () => {
  const project = of({ name: 'weekly', cron: '0 5 * * sun', select: 'tag:weekly' });
  const look = () => temporalChecks(contextOf(project), [])['schedules']?.();
  expect(await look()).toMatchObject({ ok: false, found: expect.stringContaining('build:weekly') as string });
  await applied(project, 'build:weekly');
  expect(await look()).toEqual({ ok: true, found: '1 applied' });
});

test('it is listed, paused, resumed and triggered like a pipeline, alone and with all', async () => {
  const project = of(daily);
  await applied(project, 'build:daily', 'tiny');
  const state = async () => (await service.client.schedule.getHandle('waterclock-build-daily').describe()).state;
  expect(await waterclock(project, 'schedule', 'pause', 'build:daily', '--note', 'why')).toMatchObject({ code: 0 });
  expect(await state()).toMatchObject({ paused: true, note: 'why' });
  await waterclock(project, 'schedule', 'resume', 'build:daily');
  expect((await waterclock(project, 'schedule', 'pause', '--all')).json).toMatchObject({
    schedules: [
      { pipeline: 'tiny', status: 'paused' },
      { pipeline: 'build:daily', status: 'paused' },
    ],
  });
  await waterclock(project, 'schedule', 'resume', '--all');
  const { json } = await waterclock(project, 'schedule', 'list');
  const next = expect.stringMatching(/T00:00:00Z$/) as unknown;
  expect(json).toContainEqual(
    expect.objectContaining({ pipeline: 'build:daily', every: 'every 1 day', state: 'on', next }),
  );
  // who reads it as JSON asks for pipelines: the list of schedules has the builds
  expect((await waterclock(project, 'pipelines', '--owner', 'data-platform')).json).toEqual([]);

  await waterclock(project, 'schedule', 'trigger', 'build:daily');
  await expect.poll(() => built, { timeout: 15_000 }).toMatchObject([{ select: 'tag:daily', fullRefresh: true }]);
});

test('one that fails is a failed build of its time: its alert names what failed, who owns it, and goes where the project says', async () => {
  outcome = failed;
  await applied(of(daily), 'build:daily');
  await fire('daily', Date.UTC(2022, 10, 24));
  const id = 'build-daily-2022-11-24T00:00:00Z';
  const handle = service.client.workflow.getHandle(id);
  await expect.poll(() => handle.describe().catch(() => undefined), { timeout: 10_000 }).toBeDefined();
  const error = await handle.result().catch((reason: WorkflowFailedError) => reason.cause);
  const message = '1 failed, 1 skipped: unique_x: 2 rows fail; mart_x: blocked by unique_x';
  expect(error).toMatchObject({ type: 'DbtFailed', message });
  await expect.poll(() => alerts.map(({ channel }) => channel).sort(), { timeout: 10_000 }).toEqual(['log', 'slack']);
  expect(alerts[0]).toMatchObject({
    kind: 'failed',
    pipeline: 'build:daily',
    subject: id,
    message: `DbtFailed: ${message}`,
    owner: 'data-platform',
    workflowId: id,
  });
  expect(alerts[0]).not.toHaveProperty('interval');
  await expect
    .poll(async () => (await waterclock(of(daily), 'runs', '--pipeline', 'build:daily')).json, { timeout: 10_000 })
    .toContainEqual(
      expect.objectContaining({ run: id, pipeline: 'build:daily', status: 'failed', trigger: 'schedule' }),
    );
});

test('it waits for its offset, and is named by the time without it', async () => {
  const hour = 3_600_000;
  const point = Math.floor(Date.now() / hour) * hour;
  const offset = Math.ceil((Date.now() - point) / 1000) + 3;
  // the last three seconds of an hour have no room for it
  const every = offset < 3600 ? '1 hour' : '1 day';
  await applied(of({ name: 'hourly', every, offset: `${offset} seconds`, select: 'tag:hourly' }), 'build:hourly');
  await fire('hourly', point);
  const handle = service.client.workflow.getHandle(`build-hourly-${iso(point)}`);
  await expect.poll(() => handle.describe().catch(() => undefined), { timeout: 10_000 }).toBeDefined();
  await handle.result();
  expect(built).toMatchObject([{ select: 'tag:hourly', fullRefresh: false }]);
  expect(built[0]?.at).toBeGreaterThanOrEqual(point + offset * 1000);
});

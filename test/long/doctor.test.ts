import { afterAll, beforeAll, expect, test } from 'vitest';
import { warehouseUsers } from '../../local/warehouse-users.js';
import { scheduleId } from '../../model/names.js';
import { pipelines } from '../support/pipelines.js';
import type { Finding } from '../../control/doctor/finding.js';
import { world, type World } from '../support/world.js';

let service: World;
beforeAll(async () => {
  service = await world();
}, 60_000);
afterAll(async () => {
  for (const { name } of pipelines)
    await service.client.schedule
      .getHandle(scheduleId(name))
      .delete()
      .catch(() => undefined);
  await service?.close();
});

test('before anything runs, the doctor names each thing that is missing and what to do', async () => {
  const { code, findings } = await doctor();
  expect(code).toBe(1);
  expect(missing(findings)).toEqual({
    temporal: expect.stringContaining('--retention 30d'),
    workers: expect.stringContaining('npm run worker'),
    schedules: '`waterclock schedule apply`',
  });
  expect(findings.find(({ check }) => check === 'dbt')?.found).toMatch(/^dbt 1\.\d+\.\d+ with redshift \d/);
});

test('what set-up makes is missed when it is not there', async () => {
  const empty = { WATERCLOCK_LAKE_BUCKET: 'no-such-lake' };
  const { findings } = await doctor([], empty);
  expect(findings.find(({ check }) => check === 'buckets')).toMatchObject({
    ok: false,
    found: 'missing: no-such-lake',
  });
});

test('an external schema of another user than the one who loads is found before a load fails, and set-up mends it', async () => {
  const external = async () => (await doctor()).findings.find(({ check }) => check === 'external schema');
  const loader = warehouseUsers.loader.name;
  expect(await external()).toMatchObject({ ok: true, found: `spectrum belongs to ${loader}, who loads` });
  await service.administer('alter schema spectrum owner to awsuser');
  expect(await external()).toMatchObject({
    ok: false,
    found: `spectrum belongs to awsuser, and ${loader} loads: the first load that makes a table in it fails`,
    remedy: '`waterclock setup`, as the administrator, gives it to that user',
  });
  expect((await service.waterclock('setup')).code).toBe(0);
  expect(await external()).toMatchObject({ ok: true });
});

test('a server that is away is a finding with the address, beside the others', async () => {
  const { code, findings } = await doctor([], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
  expect(code).toBe(1);
  expect(findings.find(({ check }) => check === 'temporal')?.found).toContain(
    'temporal at 127.0.0.1:1 does not answer',
  );
  expect(findings.find(({ check }) => check === 'ledger')).toMatchObject({ ok: true });
});

test(
  'with a worker, schedules and the retention all is well, and a sample goes through every step',
  { timeout: 120_000 },
  async () => {
    await service.startWorker();
    await service.client.workflowService.updateNamespace({
      namespace: service.client.options.namespace,
      config: { workflowExecutionRetentionTtl: { seconds: (30 * 86_400) as never } },
    });
    expect((await service.waterclock('schedule', 'apply')).code).toBe(0);
    for (const { name } of pipelines) await service.client.schedule.getHandle(scheduleId(name)).pause();
    const moved = await doctor([], { WATERCLOCK_TASK_QUEUE: 'another' });
    expect(moved.findings.find(({ check }) => check === 'schedules')?.found).toContain(
      'they start runs in another task queue than another',
    );

    const { code, findings } = await doctor(['--with-sample', 'readings']);
    expect(missing(findings)).toEqual({});
    expect(findings.at(-1)).toEqual({
      check: 'sample run',
      ok: true,
      found: 'readings-2018-01-31T02:00:00Z loaded 2 rows and built its models',
    });
    expect(code).toBe(0);
    const [row] = await service.query('select count(*) as rows from readings.readings');
    expect(row).toEqual({ rows: 2 });
  },
);

async function doctor(args: string[] = [], changes: Record<string, string> = {}) {
  const own = { ...service.environment };
  Object.assign(service.environment, changes);
  try {
    const { code, json } = await service.waterclock('doctor', ...args);
    return { code, findings: (json as { findings: Finding[] }).findings };
  } finally {
    Object.assign(service.environment, own);
  }
}

function missing(findings: Finding[]): Record<string, string | undefined> {
  return Object.fromEntries(findings.filter(({ ok }) => !ok).map(({ check, remedy }) => [check, remedy]));
}

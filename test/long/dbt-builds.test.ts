import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { selectionKey, type DbtResult } from '../../model/dbt.js';
import type { RunInput } from '../../model/plan.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { onServer, type OnServer } from '../support/on-server.js';
import { ref, runInput as input, type Fakes, type TimeSkipping } from '../support/time-skipping.js';

let server: OnServer;
let world: TimeSkipping;
beforeAll(async () => {
  server = await onServer();
  ({ world } = server);
}, 60_000);
afterAll(() => server?.close());

const extracted = { manifest: ref('extract'), parts: 1, files: 1, bytes: 1 };
const counts = { records: 1, routed: 1, ignored: 0, dropped: 0, unparseable: 0 };
const validated = { manifest: ref('validate'), counts, entities: {} };
const success: DbtResult = { status: 'success', ok: 5, failed: 0, skipped: 0, failures: [] };
const broken: DbtResult = {
  status: 'failed',
  ok: 4,
  failed: 1,
  skipped: 0,
  failures: [{ name: 'unique_x', message: '2 rows fail: {"id":"x"}' }],
};

/** how each of the runs that are started at once ends */
function together(fake: Fakes, runs: number, given: RunInput): Promise<PromiseSettledResult<unknown>[]> {
  return world.running(fake, () =>
    Promise.allSettled(
      Array.from({ length: runs }, () =>
        world.environment.client.workflow.execute(pipelineRun, {
          workflowId: `run-${Math.random()}`,
          taskQueue: fake.taskQueue,
          args: [given],
        }),
      ),
    ),
  );
}

test('forty runs started at once cause at most five builds, and each is told', { timeout: 180_000 }, async () => {
  let building = 0;
  // retries from dbt on: what comes before is not at stake
  const fake = world.fakes(
    {
      dbtBuild: async ({ selections }) => {
        expect(++building).toBe(1);
        fake.builds.push(selections);
        // longer than the runs are apart, as real builds are
        await new Promise((resolve) => setTimeout(resolve, 500));
        building--;
        return {
          bySelect: Object.fromEntries(selections.map((selection) => [selectionKey(selection), success])),
          total: success,
          artifacts: '',
        };
      },
    },
    { reuse: { run: 'earlier', loaded: [], extracted, validated } },
  );
  const ends = await together(fake, 40, { ...input, from: 'dbt', source: 'earlier' });
  expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
  expect(fake.builds.length).toBeLessThanOrEqual(5);
});

test('a failed dbt test fails the run that owns it, by name, and no other', async () => {
  const planOf = world.fakes().activities.plan;
  const fake = world.fakes({
    plan: async (given) => ({
      ...(await planOf(given)),
      dbtTarget: 'shared',
      dbtSelect: given.run.workflowId.endsWith('-bad') ? 'tag:bad' : 'tag:good',
    }),
    dbtBuild: async ({ selections }) => ({
      bySelect: Object.fromEntries(
        selections.map((selection) => [selectionKey(selection), selection.select === 'tag:bad' ? broken : success]),
      ),
      total: broken,
      artifacts: '',
    }),
  });
  const run = (workflowId: string) =>
    world.environment.client.workflow.execute(pipelineRun, { workflowId, taskQueue: fake.taskQueue, args: [input] });
  const [bad, good] = await world.running(fake, () =>
    Promise.allSettled([run(`run-${Math.random()}-bad`), run(`run-${Math.random()}-good`)]),
  );
  expect(good?.status).toBe('fulfilled');
  expect(((bad as PromiseRejectedResult).reason as WorkflowFailedError).cause?.message).toBe(
    'dbt: DbtFailed: 1 failed, 0 skipped: unique_x: 2 rows fail: {"id":"x"}',
  );
});

test('a full refresh is a build of its own', async () => {
  const refreshes: boolean[] = [];
  const fake = world.fakes({
    dbtBuild: async ({ fullRefresh = false }) => {
      refreshes.push(fullRefresh);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { bySelect: {}, total: success, artifacts: '' };
    },
  });
  const request = (fullRefresh: boolean) =>
    world.environment.client.workflow.execute('dbtRequest', {
      workflowId: `request-${Math.random()}`,
      taskQueue: fake.taskQueue,
      args: [{ select: 'tag:x', dbtTarget: 'refreshed', ...(fullRefresh && { fullRefresh }) }],
    });
  await world.running(fake, () => Promise.all([false, true, false, true, false].map(request)));
  expect(refreshes).toContain(true);
  expect(refreshes.length).toBeLessThanOrEqual(4);
});

test('docs are written to the lake, and served to this machine from there', { timeout: 240_000 }, async () => {
  const written = await server.deployment.waterclock('docs', '--no-serve');
  const lake = `s3://${server.deployment.environment['WATERCLOCK_LAKE_BUCKET']}/artifacts/dbt/docs/index.html`;
  expect([written.code, written.json, written.stderr]).toEqual([0, { status: 'written', lake }, expect.any(String)]);
  const serving = spawn(process.execPath, ['starter/bin.mjs', 'docs', '--latest', '--port', '0', '--json'], {
    env: { PATH: process.env['PATH'], ...server.deployment.environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [line] = (await once(serving.stdout, 'data')) as [Buffer];
    const { address } = JSON.parse(line.toString()) as { address: string };
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const page = await (await fetch(address)).text();
    // the page holds the graph: lineage from source to mart
    expect(page).toContain('source.waterclock.minibuses.positions');
    expect(page).toContain('model.waterclock.positions_by_duty');
  } finally {
    serving.kill();
    await once(serving, 'exit');
  }
});

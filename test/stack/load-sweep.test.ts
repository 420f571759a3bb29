import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunRef } from '../../model/keys.js';
import { stageTables, sweepStage } from '../../warehouse/stage-tables.js';
import { loadWorld, runOf, type LoadWorld } from '../support/load-world.js';

let world: LoadWorld;
beforeAll(async () => {
  world = await loadWorld();
}, 60_000);
afterAll(() => world?.close());

async function leave(run: RunRef): Promise<string[]> {
  const names = Object.values(stageTables(run, 'a_rather_long_name_of_an_entity'));
  for (const name of names) await world.warehouse().execute([`CREATE TABLE stage.${name} (a INTEGER)`]);
  return names;
}

test('a close drops what the runs of its pipeline left that have ended, and nothing of those under way', async () => {
  const [own, terminated, running] = [runOf(0, 'own'), runOf(1, 'terminated'), runOf(2, 'running')];
  const earlier = runOf(0, 'earlier');
  for (const run of [own, earlier, terminated]) await leave(run);
  const kept = [...(await leave(running)), ...(await leave({ ...terminated, pipeline: 'loads_of_another' }))];
  const asked: string[] = [];
  const isRunning = async (workflowId: string) => {
    asked.push(workflowId);
    return workflowId === running.workflowId;
  };
  await sweepStage(world.warehouse(), own, isRunning);
  expect(await world.stageTables()).toEqual(kept.sort());
  expect(asked.sort()).toEqual([terminated.workflowId, running.workflowId].sort());
});

test('names of stage tables have at most 63 bytes', () => {
  const run = { ...runOf(0, 'run'), pipeline: 'p'.repeat(63) };
  for (const name of Object.values(stageTables(run, 'e'.repeat(63)))) expect(Buffer.byteLength(name)).toBeLessThan(64);
});

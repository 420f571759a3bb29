import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { triedElsewhere } from '../../model/errors.js';
import { load } from '../../warehouse/load.js';
import { faultCases, survives } from '../support/load-faults.js';
import { lender } from '../support/lender.js';
import { itemsEntity, loadWorld, runOf, type LoadWorld } from '../support/load-world.js';
import { pairwise } from '../support/pairwise.js';

let world: LoadWorld;
/** for cases side by side, since a load mostly waits; each on a server of its own, whose faults are its own */
let lanes: LoadWorld[] = [];
beforeAll(async () => {
  const [first, ...others] = await Promise.all([loadWorld(), loadWorld(), loadWorld()]);
  world = first;
  lanes = [first, ...others];
}, 60_000);
afterAll(() => Promise.all(lanes.map((lane) => lane.close())));

const cases = pairwise(faultCases).map((one, at) => [Object.values(one).join(', '), one, `f${at}`] as const);

describe('the rows are right, and the ledger has one row a run', () => {
  let lend: ReturnType<typeof lender<LoadWorld>>;
  beforeAll(() => {
    lend = lender(lanes);
  });
  test.concurrent.each(cases)('%s', { timeout: 60_000 }, (_, one, name) => lend((lane) => survives(lane, one, name)));
});

const [left = ''] = triedElsewhere;

describe('a run that was terminated, its SQL still running', () => {
  test.each([
    ['stage', 1],
    ['load', 3],
    ['load', 'commit'],
  ] as const)('at %s %s: the next run waits for it, and its rows are those that stay', async (step, at) => {
    const entity = itemsEntity(`left_${step}_${at}`, 'merge');
    const first = await world.processed(runOf(0, 'first'), entity, [{ id: 'a', version: 9, note: 'first' }]);
    const second = await world.processed(runOf(0, 'second'), entity, [{ id: 'b', version: 1, note: 'second' }]);
    await world.data.faults([{ fault: 'slow', step: at, seconds: 4, match: `loads:*:${entity.name}:${step}:first` }]);
    const gone = new AbortController();
    const progress = ({ name }: { name?: string }) => {
      if (name?.includes(`:${step}:`)) gone.abort(new Error(left));
    };
    await expect(load(world.warehouse({ progress, signal: gone.signal }), first)).rejects.toThrow(left);
    await load(world.warehouse(), second);
    expect(await world.table(entity)).toEqual([['b', 1, 'second', '10']]);
    expect((await world.ledger(entity)).at(-1)).toEqual(['second', 'loaded']);
  });
});

test('a list of statements that fails is asked for again', async () => {
  const entity = itemsEntity('unlisted', 'merge');
  const options = await world.processed(runOf(0, 'unlisted'), entity, [{ id: 'a', version: 1, note: 'x' }]);
  await world.data.faults([{ fault: 'throttle', operation: 'ListStatements', match: 'loads:*:unlisted:' }]);
  await expect(load(world.warehouse(), options)).rejects.toMatchObject({ name: 'TransientError' });
  await load(world.warehouse(), options);
  expect(await world.table(entity)).toEqual([['a', 1, 'x', '10']]);
});

test('a load that is cancelled leaves nothing behind but its stage', async () => {
  const entity = itemsEntity('cancelled', 'merge');
  const options = await world.processed(runOf(0, 'cancelled'), entity, [{ id: 'a', version: 1, note: 'x' }]);
  await world.data.faults([{ fault: 'slow', step: 4, seconds: 60, match: 'loads:*:cancelled:load:*' }]);
  const stop = new AbortController();
  const progress = ({ name }: { name?: string }) => {
    if (name?.includes(':load:')) stop.abort(new Error('cancelled by hand'));
  };
  await expect(load(world.warehouse({ progress, signal: stop.signal }), options)).rejects.toThrow('cancelled by hand');
  expect(await world.table(entity)).toEqual([]);
  expect(await world.ledger(entity)).toEqual([]);
  expect(await world.statuses('loads:2022-11-24T11:00:00Z:cancelled:')).toEqual(['ABORTED', 'FINISHED']);
});

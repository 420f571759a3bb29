import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { LoadMode } from '../../model/columns.js';
import { TransientError } from '../../model/errors.js';
import { load } from '../../warehouse/load.js';
import type { LoadOptions } from '../../warehouse/load-options.js';
import type { Submission } from '../../warehouse/statements.js';
import { tableOf } from './load-model.js';
import { itemsEntity, runOf, type Item, type LoadWorld } from './load-world.js';
import type { Faults } from '../../redshift-local/test/support/redshift-data.js';

type Fault = Faults[number];

/** what goes wrong with one statement of a load */
const faults: Record<string, Fault[]> = {
  'conflict, twice': [{ fault: 'conflict', times: 2 }],
  'throttled, twice': [{ fault: 'throttle', times: 2 }],
  paused: [{ fault: 'paused' }],
  unavailable: [{ fault: 'unavailable' }],
  'a lost request': [{ fault: 'lost-request' }],
  'a response lost while it runs': [{ fault: 'lost-response' }],
  'a response lost after its commit': [{ fault: 'lost-response', step: 'committed' }],
  'a connection lost in the middle': [{ fault: 'disconnect', step: 1 }],
  'a connection lost before the commit': [{ fault: 'disconnect' }],
  'a connection lost after the commit': [{ fault: 'disconnect', step: 'committed' }],
  slow: [{ fault: 'slow', step: 1, seconds: 0.5 }],
  'slow to commit': [{ fault: 'slow', step: 'commit', seconds: 0.5 }],
  // found again while it runs, and then not heard of
  'Describe fails': [
    { fault: 'slow', step: 1, seconds: 3 },
    { fault: 'lost-response' },
    { fault: 'unavailable', operation: 'DescribeStatement' },
  ],
};

/** which statements it strikes: those with a name are of a load's steps, the others read */
const steps = ['stage', 'load', 'reads'] as const;
const modes = ['merge', 'append', 'replace'] as const;
const deliveries = ['once', 'twice at once', 'by two runs at once', 'with the next hour at once'] as const;

export interface FaultCase {
  fault: string;
  step: (typeof steps)[number];
  mode: LoadMode;
  delivery: (typeof deliveries)[number];
}

/** all that can happen; what only reads is never found again */
export const faultCases: FaultCase[] = Object.keys(faults).flatMap((fault) =>
  steps
    .filter((step) => fault !== 'Describe fails' || step !== 'reads')
    .flatMap((step) => modes.flatMap((mode) => deliveries.map((delivery) => ({ fault, step, mode, delivery })))),
);

function faultsOf({ fault, step }: FaultCase, entity: string): Fault[] {
  const match = step === 'reads' ? '' : `loads:*:${entity}:${step}:*`;
  return (faults[fault] ?? []).map((one) => ({ ...one, match }));
}

const before: Item[] = [
  { id: 'a', version: 1, note: 'old' },
  { id: 'gone', version: 1, note: 'old' },
];
const raw: Item[][] = [
  [
    { id: 'a', version: 2, note: 'x' },
    { id: 'b', version: 1, note: 'x' },
    { id: 'b', version: 2, note: 'y' },
  ],
  [
    { id: 'b', version: 2, note: 'next' },
    { id: 'c', version: 1, note: 'next' },
  ],
];

/** the rows and the ledger after a load on which the fault struck */
export async function survives(world: LoadWorld, one: FaultCase, name: string): Promise<void> {
  const entity = itemsEntity(name, one.mode);
  await load(world.warehouse(), await world.processed(runOf(0, `${name}-before`), entity, before));
  const hours = one.delivery === 'with the next hour at once' ? 2 : 1;
  const loads = await Promise.all(
    raw.slice(0, hours).map((rows, at) => world.processed(runOf(at, `${name}-${at}`), entity, rows)),
  );
  const [first] = loads;
  if (first && one.delivery === 'twice at once') loads.push(first);
  if (first && one.delivery === 'by two runs at once')
    loads.push(await world.processed(runOf(0, `${name}-again`), entity, raw[0] ?? []));
  await world.data.faults(faultsOf(one, name));
  await Promise.all(loads.map((options) => attempts(world, options)));
  expect(await world.struck()).not.toContain(0);
  await world.data.faults([]);

  expect(await world.table(entity)).toEqual(tableOf(one.mode, raw.slice(0, hours)));
  const runs = new Set([`${name}-before`, ...loads.map(({ run }) => run.runId)]);
  const told = (await world.ledger(entity)).map(([run]) => String(run));
  expect(told).toHaveLength(runs.size);
  expect(new Set(told)).toEqual(runs);
}

/** as the service tries: again after what passes, with what the heartbeat told last */
async function attempts(world: LoadWorld, options: LoadOptions): Promise<void> {
  let resume: Submission | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      const progress = (statement: Submission) => {
        if (statement.name) resume = statement;
      };
      await load(world.warehouse({ progress, ...(resume && { resume }) }), options);
      return;
    } catch (error) {
      if (!(error instanceof TransientError) || attempt === 8) throw error;
      await sleep(50 * attempt);
    }
  }
}

import pg from 'pg';
import { z } from 'zod';
import type { Postgres } from './postgres.js';
import { connectionName, type StatementRecord } from './statement-record.js';

/** where a fault strikes: before the n-th statement, before the commit, or as soon as it is submitted or committed */
const step = z.union([z.number().int().min(1), z.enum(['submitted', 'commit', 'committed'])]);

const shape = z
  .strictObject({
    /** StatementName, `*` stands for anything */
    match: z.string().default('*'),
    /** how often it strikes */
    times: z.number().int().min(1).default(1),
    /** only requests of this operation; without it those that submit */
    operation: z.string().optional(),
    step: step.optional(),
    /** how long `slow` takes */
    seconds: z.number().positive().max(3600).default(1),
    fault: z.enum([
      'throttle',
      'unavailable',
      'paused',
      'lost-request',
      'lost-response',
      'slow',
      'conflict',
      'disconnect',
    ]),
  })
  .refine(({ fault, step }) => fault !== 'conflict' || step !== 'committed', 'what has committed has no conflict');
export const faultList = z.array(shape);

type Shape = z.output<typeof shape>;
export type Step = z.output<typeof step>;
export type Fault = Shape & { struck: number };

const usualStep: Record<Shape['fault'], Step> = {
  throttle: 'submitted',
  unavailable: 'submitted',
  paused: 'submitted',
  'lost-request': 'submitted',
  'lost-response': 'submitted',
  slow: 1,
  conflict: 'commit',
  disconnect: 'commit',
};
const strikesTheRun = ({ fault }: Fault) => fault === 'slow' || fault === 'conflict' || fault === 'disconnect';

/** what shall go wrong, in the order it was asked for; each strikes its number of times and is then spent */
export function faults() {
  let all: Fault[] = [];

  const isDue = ({ match, times, struck }: Fault, name: string) =>
    struck < times && new RegExp(`^${match.split('*').map(escape).join('.*')}$`, 's').test(name);

  function take(wanted: (fault: Fault) => boolean): Fault | undefined {
    const found = all.find(wanted);
    if (found) found.struck++;
    return found;
  }

  return {
    list: () => all,
    set(list: z.input<typeof faultList>): void {
      all = faultList.parse(list).map((one) => ({ ...one, struck: 0 }));
    },
    /** for a request, before it does anything */
    ofRequest: (operation: string, name: string) =>
      take((one) => {
        const submits = operation === 'ExecuteStatement' || operation === 'BatchExecuteStatement';
        const fits = one.operation ? one.operation === operation : submits;
        return !strikesTheRun(one) && fits && isDue(one, name);
      }),
    /** for a statement that is new */
    ofRun: (name: string) => take((one) => strikesTheRun(one) && isDue(one, name)),
  };
}

export type Faults = ReturnType<typeof faults>;

export const stepOf = ({ fault, step }: Fault): Step => step ?? usualStep[fault];

/** what happens to a statement at this step of its run */
export async function strikeRun(
  { fault, record, client }: { fault?: Fault | undefined; record: StatementRecord; client?: pg.Client },
  now: Step,
  postgres: Postgres,
): Promise<void> {
  if (!fault || stepOf(fault) !== now) return;
  if (fault.fault === 'conflict') throw Object.assign(new pg.DatabaseError('', 0, 'error'), { code: '40001' });
  // asleep in PostgreSQL, where a cancel reaches it
  if (fault.fault === 'slow' && client) await client.query('select pg_sleep($1)', [fault.seconds]);
  else if (fault.fault === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.seconds * 1000));
  if (fault.fault !== 'disconnect') return;
  const admin = await postgres.connect(record.database, 'fault');
  try {
    await admin.query('select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = $1', [
      connectionName(record),
    ]);
  } finally {
    await admin.end();
  }
  await client?.query('select 1');
}

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

import { randomUUID } from 'node:crypto';
import { ListStatementsCommand } from '@aws-sdk/client-redshift-data';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { redshiftData, type Faults, type RedshiftData } from '../support/redshift-data.js';

let data: RedshiftData;
beforeAll(async () => {
  data = await redshiftData();
  await data.ok(['create table law (batch varchar(40), n integer)', 'create table law_counter (n integer)']);
  await data.ok('insert into law_counter values (0)');
});
afterAll(() => data?.close());

const steps = [1, 2, 3, 'commit', 'committed'] as const;
const fault: fc.Arbitrary<Faults[number]> = fc.oneof(
  fc.record({ fault: fc.constant('conflict'), step: fc.constantFrom(...([1, 2, 3, 'commit'] as const)) }),
  fc.record({ fault: fc.constant('disconnect'), step: fc.constantFrom(...steps) }),
  fc.record({
    fault: fc.constantFrom('throttle', 'unavailable', 'lost-request'),
    times: fc.integer({ min: 1, max: 2 }),
  }),
  fc.record({ fault: fc.constant('lost-response'), step: fc.constantFrom('submitted', 'committed') }),
  fc.record({ fault: fc.constant('slow'), step: fc.constantFrom(...steps), seconds: fc.constant(0.05) }),
);
const kinds = ['insert', 'insert', 'insert', 'count', 'counter', 'fails'] as const;
const batch = fc.record({
  kinds: fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 5 }),
  faults: fc.array(fault, { maxLength: 3 }),
  ExecutionMode: fc.constantFrom('TRANSACTION', 'AUTO_COMMIT'),
});

const sqlOf = (kind: (typeof kinds)[number], name: string, n: number) =>
  ({
    insert: `insert into law values ('${name}', ${n})`,
    count: 'select count(*) from law',
    counter: 'update law_counter set n = n + 1',
    fails: 'select 1/0',
  })[kind];

/** as a careful client does: an answer that is lost is asked for again, by the same token */
async function submitted(sqls: string[], name: string, ExecutionMode: 'TRANSACTION' | 'AUTO_COMMIT') {
  for (let tries = 0; ; tries++) {
    try {
      return await data.submit(sqls, { StatementName: name, ClientToken: name, ExecutionMode });
    } catch (error) {
      if (tries === 8) throw error;
    }
  }
}

test('after any faults a batch has run once or not at all, and Describe says which', { timeout: 180_000 }, () =>
  fc.assert(
    fc.asyncProperty(batch, async ({ kinds, faults, ExecutionMode }) => {
      const name = randomUUID();
      const sqls = kinds.map((kind, n) => sqlOf(kind, name, n));
      const [[before]] = (await data.rows('select n from law_counter')) as [[number]];
      await data.faults(faults.map((one) => ({ ...one, match: name })));
      const { Id } = await submitted(sqls, name, ExecutionMode);
      const done = await data.ended(Id);
      await data.faults([]);

      expect(['FINISHED', 'FAILED']).toContain(done.Status);
      const { Statements } = await data.client.send(new ListStatementsCommand({ StatementName: name, Status: 'ALL' }));
      expect(Statements?.map((one) => [one.Id, one.Status])).toEqual([[Id, done.Status]]);

      const took = (n: number) =>
        ExecutionMode === 'TRANSACTION' ? done.Status === 'FINISHED' : done.SubStatements?.[n]?.Status === 'FINISHED';
      const expected = kinds.flatMap((kind, n) => (kind === 'insert' && took(n) ? [[n]] : []));
      expect(await data.rows(`select n from law where batch = '${name}' order by n`)).toEqual(expected);
      const [[after]] = (await data.rows('select n from law_counter')) as [[number]];
      expect(after - before).toBe(kinds.filter((kind, n) => kind === 'counter' && took(n)).length);
      if (kinds.includes('fails')) expect(done.Status).toBe('FAILED');
    }),
    { numRuns: 60 },
  ),
);

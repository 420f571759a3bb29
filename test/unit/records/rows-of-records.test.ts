import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEntity } from '../../../define/entity.js';
import { definePipeline } from '../../../define/pipeline.js';
import { s3Objects } from '../../../sources/declare.js';
import { storedRows } from '../../support/any-values.js';
import { validated } from '../../../testing/validated.js';

const commits = defineEntity({
  name: 'commits',
  mode: 'append',
  rows: { each: 'commits', with: { event: 'id' } },
  schema: z.object({ event: z.string(), sha: z.string().meta({ bytes: 4 }) }),
});
const events = defineEntity({
  name: 'events',
  mode: 'append',
  schema: z.object({ id: z.string(), actor: z.string() }),
});
const pipeline = definePipeline({
  name: 'events',
  description: 'events and their commits',
  schedule: { every: '1 hour' },
  source: s3Objects({ bucket: 'b', prefix: '', modifiedIn: 'interval' }),
  // declared first: the order makes no difference
  entities: [commits, events],
});

const body = [
  { id: 'a', actor: 'x', commits: [{ sha: '1' }, { sha: 'too long' }, { sha: '2' }] },
  { id: 'b', commits: [{ sha: '3' }, { sha: '4' }] },
  { id: 'c', commits: [] },
  { id: 'd', actor: 'y', commits: [{ sha: '5' }] },
]
  .map((record) => JSON.stringify(record))
  .join('\n');

const refused = 'events rejected the record, so that none of its rows load';

test('a record that an entity rejects gives no rows to the others, and says so once', async () => {
  const result = await validated(pipeline, body);
  expect(result.entities).toMatchObject({
    events: { valid: 2, rejected: 2 },
    commits: { valid: 3, rejected: 3 },
  });
  const told = result.records.map(({ entity, line, reasons }) => [entity, line, reasons[0]]);
  expect(told).toEqual([
    ['commits', 1, 'sha: is 8 bytes long, the column takes 4'],
    ['events', 2, 'actor: Invalid input: expected string, received undefined'],
    ['commits', 2, refused],
    ['events', 3, 'actor: Invalid input: expected string, received undefined'],
  ]);
  expect((await storedRows(result, 'commits')).map(({ sha }) => sha)).toEqual(['1', '2', '5']);
});

test('a run of the rows alone loads those that a run of all entities does', async () => {
  const result = await validated(pipeline, body, { entities: ['commits'] });
  expect(Object.keys(result.entities)).toEqual(['commits']);
  expect(result.entities).toMatchObject({ commits: { valid: 3, rejected: 3 } });
  expect(result.records.map(({ reasons }) => reasons[0])).toContain(refused);
});

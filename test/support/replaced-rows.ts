import { z } from 'zod';
import type { Stored } from '../../validate/encode.js';
import { parentsPlan } from '../../columns/parents.js';
import { defineEntity } from '../../define/entity.js';
import type { Entity } from '../../validate/entity.js';
import { rowBatch } from '../../validate/row-batch.js';
import { entityValidator } from '../../validate/validator.js';
import type { RunRef } from '../../model/keys.js';
import type { LoadOptions } from '../../warehouse/load-options.js';
import type { LoadWorld } from './load-world.js';

/** a record whose lines become rows */
export interface Order {
  id: string;
  version: number;
  lines: { line: number; note: string }[];
}

export function orderLines(name: string): Entity {
  return defineEntity({
    name,
    mode: 'merge',
    key: ['order_id', 'line'],
    order: ['version'],
    rows: { each: 'lines', with: { order_id: 'id', version: 'version' }, replace: true },
    // intervals of the law come and go
    allowEmpty: true,
    schema: z.object({
      order_id: z.string().meta({ bytes: 8 }),
      version: z.int32(),
      line: z.int32(),
      note: z.string().meta({ bytes: 8 }),
    }),
  });
}

/** the processed files of a run, as validation makes them, and what the load of them is told */
export async function processedOrders(
  world: LoadWorld,
  run: RunRef,
  entity: Entity,
  orders: Order[],
): Promise<LoadOptions> {
  const { plan } = entity;
  const parents = parentsPlan(plan);
  if (!parents) throw new Error(`${plan.name} has no parents`);
  const [rows, records] = [rowBatch(plan), rowBatch(parents)];
  const { validate } = entityValidator(entity, rows.append, undefined, records.append);
  for (const order of orders) validate(order);
  return {
    run,
    entity: plan,
    rejected: 0,
    startedAt: run.interval.end,
    copyRoleArn: 'arn:aws:iam::123456789012:role/copy',
    ...(await world.files(run, plan, rows)),
    parents: await world.files(run, parents, records),
  };
}

interface Version {
  rank: (string | number)[];
  rows: Stored[][];
}

/**
 * what the law says of the table, whatever the order of loads: of each order the lines of its newest version, by `version`,
 * then by interval, then by the hash of the record
 */
export function linesOf(entity: Entity, raw: Order[][]): unknown[][] {
  const newest = new Map<string, Version>();
  for (const [at, orders] of raw.entries()) {
    for (const order of orders) {
      const version: Version = { rank: [order.version, at, hashOf(entity, order)], rows: rowsOf(order, at) };
      const other = newest.get(order.id);
      if (!other || isGreater(version.rank, other.rank)) newest.set(order.id, version);
    }
  }
  return [...newest.values()].flatMap(({ rows }) => rows).sort((a, b) => (String(a) < String(b) ? -1 : 1));
}

function hashOf(entity: Entity, order: Order): string {
  let hash = '';
  const keep = (...values: Stored[]) => (hash = String(values.at(-2)));
  entityValidator(entity, () => undefined, undefined, keep).validate(order);
  return hash;
}

/** two lines of one number are one row: the greater note */
function rowsOf({ id, version, lines }: Order, at: number): Stored[][] {
  const notes = new Map<number, string>();
  for (const { line, note } of lines) if (note > (notes.get(line) ?? '')) notes.set(line, note);
  return [...notes].map(([line, note]) => [id, version, line, note, String(10 + at)]);
}

function isGreater(left: (string | number)[], right: (string | number)[]): boolean {
  const at = left.findIndex((value, at) => value !== right[at]);
  return at >= 0 && (left[at] ?? 0) > (right[at] ?? 0);
}

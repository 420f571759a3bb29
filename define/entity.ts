import { createHash } from 'node:crypto';
import { unknownColumn } from '../columns/columns.js';
import { knownFields } from '../columns/known-fields.js';
import type { EntityPlan } from '../model/columns.js';
import { requestField, streamField } from '../model/http-requests.js';
import { TerminalError } from '../model/errors.js';
import { duration } from '../model/interval.js';
import { parsePath } from '../model/field-path.js';
import type { Entity } from '../validate/entity.js';
import { parentOf } from '../validate/parent-of.js';
import { rowsOf } from '../validate/rows-of.js';
import { checkEntity } from './check-entity.js';
import { parentKeyOf } from './check-rows.js';
import type { EntityOptions } from './options.js';

/** rows that go into one table; throws InvalidDefinition with every problem of the entity */
export function defineEntity(options: EntityOptions): Entity {
  const { columns, problems } = checkEntity(options);
  if (problems.length > 0) {
    const told = problems.map(({ at, message }) => (at ? `${at}: ${message}` : message));
    throw new TerminalError('InvalidDefinition', `entity ${options.name}: ${told.join('; ')}`);
  }
  const { [requestField]: named, [streamField]: requests = named, ...when } = options.when ?? {};
  const unknownFields = options.unknownFields ?? 'ignore';
  if (unknownFields === 'keep') columns.push(unknownColumn);
  const parentKey = parentKeyOf(options, columns);
  const shape = {
    name: options.name,
    mode: options.mode,
    columns,
    key: options.key ?? [],
    order: options.order ?? [],
    allowEmpty: options.allowEmpty ?? false,
    ...(parentKey && { parentKey }),
    ...(options.lookback !== undefined && { lookback: duration(options.lookback) }),
  };
  const schemaHash = createHash('sha256')
    .update(
      JSON.stringify({
        columns: columns.map(({ name, path, type, nullable }) => [name, path, type, nullable]),
        key: shape.key,
        ...(parentKey && { parentKey, order: shape.order }),
      }),
    )
    .digest('hex')
    .slice(0, 16);
  const plan: EntityPlan = { ...shape, schemaHash };
  const parent = parentOf(plan, options);
  return {
    plan,
    schema: options.schema,
    description: options.description ?? '',
    unknownFields,
    known: knownFields(options.schema, Object.keys(when).map(parsePath)),
    when,
    ...(requests !== undefined && { requests: [requests].flat() }),
    ...(options.rows && { rows: rowsOf(options.rows) }),
    ...(parent && { parent }),
  };
}

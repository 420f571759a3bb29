import { z } from 'zod';
import { description, identity, subDescription } from './describe-record.js';
import { findStatement } from './find-statement.js';
import { parse, statementId, wait } from './input.js';
import type { Operation, OperationParts } from './operation.js';

const shape = z.object({ Id: statementId, WaitTimeSeconds: wait });

export function describeStatement({ service }: OperationParts): Operation {
  return async (input, caller) => {
    const { Id, WaitTimeSeconds } = parse(shape, input);
    const { record, part } = await findStatement(service, Id, caller, WaitTimeSeconds);
    if (!part) return JSON.stringify(description(record));
    return JSON.stringify({
      ...identity(record),
      RedshiftPid: record.pid,
      ResultFormat: record.format,
      ...subDescription(record, part.sub, part.number - 1),
    });
  };
}

import { z } from 'zod';
import { ValidationException } from '../errors.js';
import { isEnd } from '../statement-record.js';
import { findStatement } from './find-statement.js';
import { parse, statementId } from './input.js';
import type { Operation, OperationParts } from './operation.js';

const shape = z.object({ Id: statementId });

export function cancelStatement({ service }: OperationParts): Operation {
  return async (input, caller) => {
    const { Id } = parse(shape, input);
    const { record } = await findStatement(service, Id, caller, 0);
    if (isEnd(record.status))
      throw ValidationException(`Could not cancel a query that is already in ${record.status} state with ID: ${Id}`);
    return JSON.stringify({ Status: await service.cancel(record) });
  };
}

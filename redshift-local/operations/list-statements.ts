import { z } from 'zod';
import { listed } from './describe-record.js';
import { paging, parse, place, text } from './input.js';
import type { Operation, OperationParts } from './operation.js';
import { decodeToken, pageOf } from './page-token.js';
import { atMostOnePlace, placeFilter } from './where.js';

const pageSize = 100;

const shape = z.object({
  ...place,
  ...paging(pageSize),
  RoleLevel: z.boolean().default(true),
  StatementName: text.max(500).default(''),
  Status: z.enum(['SUBMITTED', 'PICKED', 'STARTED', 'FINISHED', 'ABORTED', 'FAILED', 'ALL']).default('FINISHED'),
});

export function listStatements({ store }: OperationParts): Operation {
  return async (input, caller) => {
    const { MaxResults, NextToken, StatementName, Status, RoleLevel, ...where } = parse(shape, input);
    atMostOnePlace(where);
    const limit = MaxResults || pageSize;
    const offset = decodeToken(NextToken, 'statements');
    const found = await store.list({
      ...placeFilter(where),
      caller,
      roleLevel: RoleLevel,
      prefix: StatementName,
      status: Status === 'ALL' ? undefined : Status,
      limit: limit + 1,
      offset,
    });
    const { page, ...rest } = pageOf(found, 'statements', offset, limit);
    return JSON.stringify({ Statements: page.map(listed), ...rest });
  };
}

import { z } from 'zod';
import { ResourceNotFoundException, ValidationException } from '../errors.js';
import type { Caller } from '../statement-record.js';
import { hasColumns } from './describe-record.js';
import { findStatement } from './find-statement.js';
import { parse, statementId, wait } from './input.js';
import type { Operation, OperationParts } from './operation.js';
import { decodeToken, encodeToken } from './page-token.js';

const shape = z.object({ Id: statementId, WaitTimeSeconds: wait, NextToken: z.string().min(1).optional() });

export function statementResult({ service, store }: OperationParts) {
  async function pageOf(input: unknown, caller: Caller, format: 'JSON' | 'CSV') {
    const { Id, WaitTimeSeconds, NextToken } = parse(shape, input);
    const { record, part } = await findStatement(service, Id, caller, WaitTimeSeconds);
    if (record.isBatch && !part)
      throw ValidationException('BatchExecuteStatement result can only be retrieved with sub-statement id.');
    if (record.format !== format)
      throw ValidationException(
        `The result format of this statement is ${record.format}: ask with ${record.format === 'CSV' ? 'GetStatementResultV2' : 'GetStatementResult'}.`,
      );
    const sub = part?.sub ?? record.subs[0];
    if (!sub || !hasColumns(sub))
      throw ResourceNotFoundException(
        'Query does not have result. Please check query status with DescribeStatement.',
        Id,
      );
    const key = `${record.id}:${part?.number ?? 1}`;
    const at = decodeToken(NextToken, key);
    const page = await store.page(key, at);
    if (!page) throw ResourceNotFoundException('The result of this query is no longer available.', Id);
    const NextPage = page.more ? encodeToken(key, at + 1) : undefined;
    return { body: page.body, ColumnMetadata: sub.columns, TotalNumRows: sub.rows, NextToken: NextPage };
  }

  const GetStatementResult: Operation = async (input, caller) => {
    const { body, ...rest } = await pageOf(input, caller, 'JSON');
    return `{"Records":${body},${JSON.stringify(rest).slice(1)}`;
  };
  const GetStatementResultV2: Operation = async (input, caller) => {
    const { body, ...rest } = await pageOf(input, caller, 'CSV');
    return JSON.stringify({ Records: [{ CSVRecords: body }], ResultFormat: 'CSV', ...rest });
  };
  return { GetStatementResult, GetStatementResultV2 };
}

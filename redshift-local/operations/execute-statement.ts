import { z } from 'zod';
import { ValidationException } from '../errors.js';
import type { Caller } from '../statement-record.js';
import { submitted } from './describe-record.js';
import { connection, parse, sessionId, sql, text, wait } from './input.js';
import type { Operation, OperationParts } from './operation.js';
import { connectionOf } from './where.js';

const maxBatch = 40;

const common = {
  ...connection,
  StatementName: text.max(500).default(''),
  Parameters: z
    .array(z.object({ name: text, value: text }))
    .min(1)
    .optional(),
  ClientToken: text.min(1).max(64).optional(),
  WaitTimeSeconds: wait,
  // there is no event bus to send one to
  WithEvent: z.boolean().optional(),
  ResultFormat: z.enum(['JSON', 'CSV']).default('JSON'),
  SessionId: sessionId.optional(),
  SessionKeepAliveSeconds: z.number().int().min(0).max(86_400).optional(),
};
const execute = z.object({ ...common, Sql: sql });
const batch = z.object({
  ...common,
  Sqls: z.array(sql).min(1).max(maxBatch),
  ExecutionMode: z.enum(['TRANSACTION', 'AUTO_COMMIT']).default('TRANSACTION'),
});

type Input = z.infer<typeof execute> | z.infer<typeof batch>;

export function executeStatement({ service, sessions, users }: OperationParts) {
  async function submit(input: Input, caller: Caller): Promise<string> {
    const record = await service.submit({
      ...(await whereOf(input, caller)),
      sqls: 'Sqls' in input ? input.Sqls : [input.Sql],
      isBatch: 'Sqls' in input,
      autoCommit: 'Sqls' in input && input.ExecutionMode === 'AUTO_COMMIT',
      format: input.ResultFormat,
      parameters: input.Parameters ?? [],
      name: input.StatementName,
      caller,
      token: input.ClientToken,
      sessionId: input.SessionId,
      keepAlive: input.SessionKeepAliveSeconds,
    });
    const isWaiting = input.WaitTimeSeconds > 0;
    const found = isWaiting ? await service.find(record.id, caller, input.WaitTimeSeconds) : undefined;
    return JSON.stringify(submitted(found ?? record, isWaiting));
  }

  /** a session knows where it is */
  async function whereOf(input: Input, caller: Caller) {
    if (!input.SessionId) return connectionOf(input, caller, users);
    const named = Object.keys(connection).filter((name) => input[name as keyof Input] !== undefined);
    if (named.length > 0) throw ValidationException(`SessionId cannot be given together with ${named.join(', ')}.`);
    const { database, workgroup, cluster, dbUser } = await sessions.known(input.SessionId, caller);
    return { database, workgroup, cluster, dbUser };
  }

  const ExecuteStatement: Operation = async (input, caller) => submit(parse(execute, input), caller);
  const BatchExecuteStatement: Operation = async (input, caller) => submit(parse(batch, input), caller);
  return { ExecuteStatement, BatchExecuteStatement };
}

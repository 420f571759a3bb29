import { z } from 'zod';
import { ResourceNotFoundException, ValidationException } from './errors.js';
import type { StatementService } from './service.js';
import { isEnd, type StatementRecord, type StatementStore, type SubRecord } from './store.js';

const maxSqlBytes = 100 * 1024;
const maxBatch = 40;

const wait = z.number().int().min(0).max(30).default(0);
const sql = z
  .string()
  .min(1)
  .refine((text) => Buffer.byteLength(text) <= maxSqlBytes, 'the SQL is larger than 100 KB');
const statementId = z.string().regex(/^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d+)?$/, 'not a statement id');
const place = {
  ClusterIdentifier: z.string().min(1).max(63).optional(),
  WorkgroupName: z.string().min(3).max(128).optional(),
  Database: z.string().min(1).max(64).optional(),
};
const common = {
  ...place,
  SecretArn: z.string().optional(),
  DbUser: z.string().optional(),
  StatementName: z.string().max(500).default(''),
  Parameters: z
    .array(z.object({ name: z.string(), value: z.string() }))
    .min(1)
    .optional(),
  ClientToken: z.string().min(1).max(64).optional(),
  WaitTimeSeconds: wait,
  WithEvent: z.literal(false, { error: 'events are not honoured here' }).optional(),
  ResultFormat: z.literal('JSON', { error: 'only JSON results are honoured here' }).optional(),
  SessionId: z.undefined({ error: 'sessions are not honoured here' }).optional(),
  SessionKeepAliveSeconds: z.literal(0, { error: 'sessions are not honoured here' }).optional(),
};
const execute = z.object({ ...common, Sql: sql });
const batch = z.object({
  ...common,
  Sqls: z.array(sql).min(1).max(maxBatch),
  ExecutionMode: z.literal('TRANSACTION', { error: 'only ExecutionMode TRANSACTION is honoured here' }).optional(),
});
const byId = z.object({ Id: statementId, WaitTimeSeconds: wait, NextToken: z.string().optional() });
const list = z.object({
  ...place,
  MaxResults: z.number().int().min(0).max(100).default(100),
  NextToken: z.string().optional(),
  RoleLevel: z.boolean().default(true),
  StatementName: z.string().max(500).default(''),
  Status: z.enum(['SUBMITTED', 'PICKED', 'STARTED', 'FINISHED', 'ABORTED', 'FAILED', 'ALL']).default('FINISHED'),
});

function parse<T extends z.ZodType>(shape: T, input: unknown): z.infer<T> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `Value at '${path.join('.')}' failed to satisfy constraint: ${message}`,
  );
  throw ValidationException(
    `${issues.length} validation error${issues.length > 1 ? 's' : ''} detected: ${issues.join('; ')}`,
  );
}

/** JSON text out: digits of results must not pass through a JavaScript number */
export type Operation = (input: unknown, principal: string) => Promise<string>;

export function operations(service: StatementService, store: StatementStore): Record<string, Operation> {
  async function submit(input: z.infer<typeof execute> | z.infer<typeof batch>, principal: string): Promise<string> {
    if (!input.Database)
      throw ValidationException('Database name is required when connecting to a cluster or workgroup.');
    onePlace(input, true);
    const submitted = await service.submit({
      sqls: 'Sqls' in input ? input.Sqls : [input.Sql],
      isBatch: 'Sqls' in input,
      parameters: input.Parameters ?? [],
      database: input.Database,
      name: input.StatementName,
      principal,
      token: input.ClientToken,
      workgroup: input.WorkgroupName,
      cluster: input.ClusterIdentifier,
      dbUser: input.DbUser,
      secretArn: input.SecretArn,
    });
    const found =
      input.WaitTimeSeconds > 0
        ? ((await service.find(submitted.id, principal, input.WaitTimeSeconds)) ?? submitted)
        : submitted;
    const waited = input.WaitTimeSeconds > 0 && {
      Status: found.status,
      RedshiftPid: found.pid,
      HasResultSet: hasResult(found),
    };
    return JSON.stringify({ ...identity(found), CreatedAt: found.createdAt, DbGroups: [], ...waited });
  }

  async function statement(id: string, principal: string, waitSeconds: number): Promise<StatementRecord> {
    const found = await service.find(id.split(':')[0] ?? id, principal, waitSeconds);
    if (!found) throw ResourceNotFoundException(`Query does not exist.`, id);
    return found;
  }

  return {
    ExecuteStatement: async (input, principal) => submit(parse(execute, input), principal),
    BatchExecuteStatement: async (input, principal) => submit(parse(batch, input), principal),
    async DescribeStatement(input, principal) {
      const { Id, WaitTimeSeconds } = parse(byId, input);
      const found = await statement(Id, principal, WaitTimeSeconds);
      const number = Number(Id.split(':')[1] ?? 0);
      if (number === 0) return JSON.stringify(description(found));
      const sub = found.subs[number - 1];
      if (!found.isBatch || !sub) throw ResourceNotFoundException('Query does not exist.', Id);
      return JSON.stringify({ ...identity(found), ...subDescription(found, sub, number - 1) });
    },
    async GetStatementResult(input, principal) {
      const { Id, WaitTimeSeconds, NextToken } = parse(byId, input);
      const found = await statement(Id, principal, WaitTimeSeconds);
      const number = Number(Id.split(':')[1] ?? (found.isBatch ? 0 : 1));
      if (number === 0 && found.isBatch)
        throw ValidationException(
          `A batch has a result for each statement: ask for ${found.id}:1 to ${found.id}:${found.subs.length}`,
        );
      const sub = found.subs[number - 1];
      if (!sub) throw ResourceNotFoundException('Query does not exist.', Id);
      if (found.status !== 'FINISHED')
        throw ResourceNotFoundException(
          `Query does not have result. Please check query status with DescribeStatement. Status: ${found.status}`,
          Id,
        );
      if (!sub.columns)
        throw ResourceNotFoundException(
          'Query does not have result. Please check query status with DescribeStatement.',
          Id,
        );
      const at = NextToken ? decodeToken(NextToken, `${found.id}:${number}`) : 0;
      const page = await store.page(`${found.id}:${number}`, at);
      if (!page) throw ResourceNotFoundException('The result of this query is no longer available.', Id);
      const next = page.more ? `,"NextToken":${JSON.stringify(encodeToken(`${found.id}:${number}`, at + 1))}` : '';
      return `{"ColumnMetadata":${JSON.stringify(sub.columns)},"TotalNumRows":${sub.rows},"Records":${page.body}${next}}`;
    },
    async ListStatements(input, principal) {
      const { MaxResults, NextToken, StatementName, Status, Database, WorkgroupName, ClusterIdentifier } = parse(
        list,
        input,
      );
      onePlace({ WorkgroupName, ClusterIdentifier }, false);
      const limit = MaxResults === 0 ? 100 : MaxResults;
      const offset = NextToken ? decodeToken(NextToken, 'list') : 0;
      const found = await store.list({
        principal,
        prefix: StatementName,
        ...(Status !== 'ALL' && { status: Status === 'PICKED' || Status === 'STARTED' ? 'SUBMITTED' : Status }),
        ...(Database && { database: Database }),
        ...(WorkgroupName && { workgroup: WorkgroupName }),
        ...(ClusterIdentifier && { cluster: ClusterIdentifier }),
        limit: limit + 1,
        offset,
      });
      const current = new Map(service.live(principal).map((record) => [record.id, record]));
      const shown = found
        .slice(0, limit)
        .map((record) => (isEnd(record.status) ? record : (current.get(record.id) ?? record)));
      const wanted = Status === 'ALL' ? shown : shown.filter(({ status }) => status === Status || isEnd(status));
      return JSON.stringify({
        Statements: wanted.map(listed),
        ...(found.length > limit && { NextToken: encodeToken('list', offset + limit) }),
      });
    },
    async CancelStatement(input, principal) {
      const { Id } = parse(byId, input);
      const found = await statement(Id, principal, 0);
      if (isEnd(found.status))
        throw ValidationException(`Could not cancel a query that is already in ${found.status} state with ID: ${Id}`);
      return JSON.stringify({ Status: await service.cancel(found.id, principal) });
    },
  };
}

function onePlace(
  { WorkgroupName, ClusterIdentifier }: { WorkgroupName?: string | undefined; ClusterIdentifier?: string | undefined },
  isRequired: boolean,
): void {
  if (WorkgroupName && ClusterIdentifier)
    throw ValidationException('Only one of WorkgroupName and ClusterIdentifier can be given.');
  if (isRequired && !WorkgroupName && !ClusterIdentifier)
    throw ValidationException('WorkgroupName or ClusterIdentifier is required.');
}

const hasResult = ({ subs, status }: StatementRecord) => status === 'FINISHED' && subs.some(({ columns }) => columns);

function identity(record: StatementRecord) {
  return {
    Id: record.id,
    Database: record.database,
    DbUser: record.dbUser,
    ...(record.workgroup && { WorkgroupName: record.workgroup }),
    ...(record.cluster && { ClusterIdentifier: record.cluster }),
    ...(record.secretArn && { SecretArn: record.secretArn }),
  };
}

function description(record: StatementRecord) {
  const [first] = record.subs;
  return {
    ...identity(record),
    Status: record.status,
    CreatedAt: record.createdAt,
    UpdatedAt: record.updatedAt,
    Duration: record.duration,
    HasResultSet: hasResult(record),
    RedshiftPid: record.pid,
    RedshiftQueryId: record.isBatch ? 0 : record.pid,
    ResultFormat: 'JSON',
    ...(record.error && { Error: record.error }),
    ...(record.parameters.length > 0 && { QueryParameters: record.parameters }),
    ...(record.isBatch
      ? { ResultRows: -1, ResultSize: -1, SubStatements: record.subs.map((sub, at) => subDescription(record, sub, at)) }
      : { QueryString: first?.sql ?? '', ResultRows: first?.rows ?? -1, ResultSize: first?.size ?? -1 }),
  };
}

function subDescription(record: StatementRecord, sub: SubRecord, at: number) {
  return {
    Id: `${record.id}:${at + 1}`,
    Status: sub.status,
    CreatedAt: record.createdAt,
    UpdatedAt: sub.updatedAt,
    Duration: sub.duration,
    QueryString: sub.sql,
    ResultRows: sub.rows,
    ResultSize: sub.size,
    HasResultSet: sub.status === 'FINISHED' && sub.columns !== undefined,
    RedshiftQueryId: record.pid,
    ...(sub.error && { Error: sub.error }),
  };
}

function listed(record: StatementRecord) {
  return {
    Id: record.id,
    ...(record.isBatch
      ? { QueryStrings: record.subs.map((sub) => sub.sql) }
      : { QueryString: record.subs[0]?.sql ?? '' }),
    StatementName: record.name,
    Status: record.status,
    CreatedAt: record.createdAt,
    UpdatedAt: record.updatedAt,
    IsBatchStatement: record.isBatch,
    ResultFormat: 'JSON',
    ...(record.secretArn && { SecretArn: record.secretArn }),
    ...(record.parameters.length > 0 && { QueryParameters: record.parameters }),
  };
}

const encodeToken = (of: string, at: number) => Buffer.from(`${of}/${at}`).toString('base64url');

function decodeToken(token: string, of: string): number {
  const [, name, at] = /^(.*)\/(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (name !== of || at === undefined) throw ValidationException('NextToken is not valid.');
  return Number(at);
}

import type { StatementRecord, SubRecord } from '../statement-record.js';

const hasResult = ({ subs }: StatementRecord) => subs.some(hasColumns);
export const hasColumns = (sub: SubRecord) => sub.status === 'FINISHED' && sub.columns !== undefined;

export function identity(record: StatementRecord) {
  return {
    Id: record.id,
    Database: record.database,
    DbUser: record.dbUser,
    ...(record.workgroup && { WorkgroupName: record.workgroup }),
    ...(record.cluster && { ClusterIdentifier: record.cluster }),
    ...(record.secretArn && { SecretArn: record.secretArn }),
    ...(record.sessionId && { SessionId: record.sessionId }),
  };
}

/** answer of an Execute operation; with a wait it tells how far the statement has come */
export const submitted = (record: StatementRecord, hasWaited: boolean) => ({
  ...identity(record),
  CreatedAt: record.createdAt,
  DbGroups: [],
  ...(hasWaited && { Status: record.status, RedshiftPid: record.pid, HasResultSet: hasResult(record) }),
});

export function description(record: StatementRecord) {
  const [first] = record.subs;
  return {
    ...identity(record),
    Status: record.status,
    CreatedAt: record.createdAt,
    UpdatedAt: record.updatedAt,
    Duration: record.duration,
    HasResultSet: hasResult(record),
    RedshiftPid: record.pid,
    RedshiftQueryId: record.isBatch || record.pid === 0 ? 0 : record.queryId,
    ResultFormat: record.format,
    ...(record.error && { Error: record.error }),
    ...(record.parameters.length > 0 && { QueryParameters: record.parameters }),
    ...(record.isBatch
      ? { ResultRows: -1, ResultSize: -1, SubStatements: record.subs.map((sub, at) => subDescription(record, sub, at)) }
      : { QueryString: first?.sql ?? '', ResultRows: first?.rows ?? -1, ResultSize: first?.size ?? -1 }),
  };
}

export function subDescription(record: StatementRecord, sub: SubRecord, at: number) {
  return {
    Id: `${record.id}:${at + 1}`,
    Status: sub.status,
    CreatedAt: record.createdAt,
    UpdatedAt: sub.updatedAt,
    Duration: sub.duration,
    QueryString: sub.sql,
    ResultRows: sub.rows,
    ResultSize: sub.size,
    HasResultSet: hasColumns(sub),
    RedshiftQueryId: record.pid === 0 ? 0 : record.queryId + at,
    ...(sub.error && { Error: sub.error }),
  };
}

export function listed(record: StatementRecord) {
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
    ResultFormat: record.format,
    ...(record.secretArn && { SecretArn: record.secretArn }),
    ...(record.sessionId && { SessionId: record.sessionId }),
    ...(record.parameters.length > 0 && { QueryParameters: record.parameters }),
  };
}

import { createHash, randomUUID } from 'node:crypto';
import { ValidationException } from './errors.js';
import { checkParameters, type Parameter } from './sql/parameters.js';
import { Refusal } from './sql/refusal.js';
import { splitStatements, tokenize, type Token } from './sql/tokens.js';
import { seconds, type Caller, type StatementRecord, type SubRecord } from './statement-record.js';

/** what ExecuteStatement and BatchExecuteStatement ask for */
export interface Submission {
  sqls: string[];
  isBatch: boolean;
  autoCommit: boolean;
  format: 'JSON' | 'CSV';
  parameters: Parameter[];
  database: string;
  name: string;
  caller: Caller;
  dbUser: string;
  token?: string | undefined;
  workgroup?: string | undefined;
  cluster?: string | undefined;
  secretArn?: string | undefined;
  sessionId?: string | undefined;
  /** seconds that the session lives on after the statement */
  keepAlive?: number | undefined;
}

/** the tokens of each statement; a text that is no SQL fails when it runs, as it would there */
export type Lexed = Token[] | Refusal;

export function lexAll({ sqls, parameters, isBatch }: Submission): Lexed[] {
  const lexed = sqls.map(lex);
  const readable = lexed.filter((item): item is Token[] => !(item instanceof Refusal));
  if (readable.length === lexed.length) checkParameters(parameters, readable);
  for (const [at, item] of lexed.entries()) {
    const count = item instanceof Refusal ? 1 : splitStatements(item).length;
    const which = isBatch ? ` (statement ${at + 1})` : '';
    if (count > 1) throw ValidationException(`Multiple sql statements are not allowed${which}.`);
    if (count === 0) throw ValidationException(`Sql must not be empty${which}.`);
  }
  return lexed;
}

function lex(sql: string): Lexed {
  try {
    return tokenize(sql);
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

export function newRecord(request: Submission): StatementRecord {
  const now = seconds();
  const { caller, token, workgroup, cluster, secretArn, sessionId } = request;
  return {
    id: randomUUID(),
    name: request.name,
    principal: caller.role,
    accessKey: caller.accessKey,
    hash: hashOf(request),
    database: request.database,
    dbUser: request.dbUser,
    isBatch: request.isBatch,
    autoCommit: request.autoCommit,
    format: request.format,
    parameters: request.parameters,
    status: 'SUBMITTED',
    createdAt: now,
    updatedAt: now,
    duration: 0,
    pid: 0,
    queryId: 0,
    subs: request.sqls.map((sql): SubRecord => ({
      sql,
      status: 'SUBMITTED',
      updatedAt: now,
      duration: 0,
      rows: -1,
      size: -1,
    })),
    ...(token && { token }),
    ...(workgroup && { workgroup }),
    ...(cluster && { cluster }),
    ...(secretArn && { secretArn }),
    ...(sessionId && { sessionId }),
  };
}

/** the same token may come again with the same request only */
function hashOf(request: Submission): string {
  const { sqls, parameters, database, isBatch, autoCommit, format, workgroup, cluster, dbUser, name } = request;
  return createHash('sha256')
    .update(
      JSON.stringify([sqls, parameters, database, isBatch, autoCommit, format, workgroup ?? cluster, dbUser, name]),
    )
    .digest('hex');
}

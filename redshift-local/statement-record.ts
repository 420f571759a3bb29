import type { Column } from './records.js';
import type { Parameter } from './sql/parameters.js';

export type Status = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';
export const isEnd = (status: Status) => status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';

/** whose request it is: statements belong to a role, `accessKey` tells its IAM sessions apart */
export interface Caller {
  role: string;
  accessKey: string;
}

export interface SubRecord {
  sql: string;
  status: Status;
  error?: string;
  /** seconds since 1970 */
  updatedAt: number;
  /** nanoseconds */
  duration: number;
  rows: number;
  size: number;
  columns?: Column[];
}

export interface StatementRecord {
  id: string;
  name: string;
  principal: string;
  accessKey: string;
  token?: string;
  hash: string;
  database: string;
  workgroup?: string;
  cluster?: string;
  dbUser: string;
  secretArn?: string;
  sessionId?: string;
  isBatch: boolean;
  /** each statement of the batch is a transaction of its own */
  autoCommit: boolean;
  format: 'JSON' | 'CSV';
  parameters: Parameter[];
  status: Status;
  error?: string;
  createdAt: number;
  updatedAt: number;
  duration: number;
  pid: number;
  /** of the first statement, those of a batch follow */
  queryId: number;
  subs: SubRecord[];
}

export const seconds = () => Date.now() / 1000;

/** what PostgreSQL's list of sessions calls the connection that runs it */
export const connectionName = ({ id, sessionId }: Pick<StatementRecord, 'id' | 'sessionId'>) =>
  sessionId ? `session ${sessionId}` : `statement ${id}`;

import type { Postgres } from '../postgres.js';
import type { StatementService } from '../service.js';
import type { Sessions } from '../sessions.js';
import type { Caller } from '../statement-record.js';
import type { StatementStore } from '../store.js';
import type { UserDirectory } from '../users.js';

export interface OperationParts {
  service: StatementService;
  store: StatementStore;
  sessions: Sessions;
  postgres: Postgres;
  users: UserDirectory;
}

/** JSON text out: digits of results must not pass through a JavaScript number */
export type Operation = (input: unknown, caller: Caller) => Promise<string>;

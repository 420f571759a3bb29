import { roles, type Role } from './roles.js';

/** what each role's task queue is called after the deployment's */
const suffixes: Record<Role, string> = {
  workflows: '',
  ingest: '-ingest',
  warehouse: '-warehouse',
  transform: '-transform',
};

export const taskQueueOf = (base: string, role: Role): string => `${base}${suffixes[role]}`;

/** every task queue of a deployment */
export const taskQueues = (base: string): string[] => roles.map((role) => taskQueueOf(base, role));

import { roles, type Role } from './settings.js';

/** what each role's task queue is called after the deployment's; roles of one queue are given each other's steps */
const suffixes: Record<Role, string> = { workflows: '', ingest: '', warehouse: '', transform: '' };

export const taskQueueOf = (base: string, role: Role): string => `${base}${suffixes[role]}`;

/** every task queue of a deployment, once */
export const taskQueues = (base: string): string[] => [...new Set(roles.map((role) => taskQueueOf(base, role)))];

/** the roles whose steps a worker with these roles may be given; one that only runs workflows takes no steps */
export function stepsTakenBy(taken: Role[]): Role[] {
  const queues = new Set(taken.filter((role) => role !== 'workflows').map((role) => suffixes[role]));
  return roles.filter((role) => role !== 'workflows' && queues.has(suffixes[role]));
}

import { createHash } from 'node:crypto';
import type { RunRef } from '../model/keys.js';

/** a batch that takes effect once: `<pipeline>:<interval end>:<entity>:<step>:<run id>` */
export interface StatementName {
  /** `<pipeline>:<interval end>:<entity>`: at most one run of it works at a time */
  of: string;
  step: string;
  runId: string;
}

export function loadStatement(run: RunRef, entity: string, step: string): StatementName {
  return { of: `${run.pipeline}:${run.interval.end}:${entity}`, step, runId: run.runId };
}

export function statementName({ of, step, runId }: StatementName): string {
  return `${of}:${step}:${runId}`;
}

/** the same token answers with the same statement for ever: a new one for each that is known to have failed */
export function clientToken(name: string, failures: number): string {
  return createHash('sha256').update(`${name}#${failures}`).digest('hex');
}

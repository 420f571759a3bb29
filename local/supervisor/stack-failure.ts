import { readFileSync } from 'node:fs';
import type { ServiceLog } from './service.js';

/** what stops a stack: one sentence, with the log that tells more */
export class StackFailure extends Error {
  override name = 'StackFailure';
  readonly logPath?: string;

  constructor(message: string, log?: Pick<ServiceLog, 'path'>) {
    super(message);
    if (log) this.logPath = log.path;
  }
}

export function lastLines(path: string, count = 8): string[] {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count);
  } catch {
    return [];
  }
}

import { TerminalError, TransientError } from '../model/errors.js';
import { isPassing } from '../warehouse/passing.js';
import { outcomeOf } from './summarize.js';
import type { NodeResult } from './artifacts.js';
import { said } from './said.js';

/** nodes that failed for want of a connection say nothing about their models: the build is tried again */
export function assertConnected(results: NodeResult[]): void {
  const lost = results.find((result) => outcomeOf(result) === 'failed' && isPassing(result.message ?? ''));
  if (lost)
    throw new TransientError(
      `dbt lost the warehouse at ${lost.unique_id}: ${said(lost.message ?? '', lost.compiled_code ?? '')}`,
    );
}

/** builds side by side make schemas that are not there yet, and `if not exists` does not hold between two sessions */
const racedForSchema = /pg_namespace_nspname_index|schema "?\w+"? already exists/i;

/** a build that ended before any node could run */
export function faultOf(code: number | null, errors: string[], stderr: string): Error {
  const told = errors.length > 0 ? errors.join(' ') : stderr;
  const message = said(told.replace(/^Encountered an error:\s*/, '')) || `it ended with code ${code}`;
  if (racedForSchema.test(told))
    return new TransientError(`dbt met another build that makes the same schema: ${message}`);
  if (isPassing(told)) return new TransientError(`dbt cannot reach the warehouse: ${message}`);
  // killed from outside (memory, a stopping machine): nothing is known about the models
  if (code === null) return new TransientError(`dbt was killed: ${message}`);
  return new TerminalError('DbtFailed', `dbt could not build: ${message}`);
}

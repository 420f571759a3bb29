import type { CommandContext } from '../command-context.js';
import type { CopyCommand } from '../sql/copy.js';
import { LoadFailure } from './load-errors.js';
import { loadLog } from './load-log.js';
import { loadParquet } from './load-parquet.js';
import { loadText } from './load-text.js';
import { sourceFiles } from './source-files.js';
import { targetOf } from './target-columns.js';

/** COPY; what it tells the system views outlives the transaction that it may fail */
export async function load(command: CopyCommand, context: CommandContext): Promise<number> {
  const log = loadLog(command, context);
  try {
    const target = await targetOf(context.client, command);
    const files = await sourceFiles(context.objects, command);
    log.begin(target, files);
    const load = { command, target, files, context };
    const { rows, problems } = await (command.format === 'parquet' ? loadParquet(load) : loadText(load));
    await context.client.query(`select set_config('redshift_data.last_copy', $1, false)`, [String(context.queryId)]);
    await log.end('completed', rows, problems);
    return rows;
  } catch (error) {
    // what ended the COPY is told, whatever becomes of the log: the connection may be gone for both
    await log
      .end('aborted', 0, error instanceof LoadFailure ? error.problems : [])
      .catch((failed: unknown) => console.error(`the end of COPY is not in sys_load_history: ${String(failed)}`));
    throw error;
  }
}

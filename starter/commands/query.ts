import type { Row } from '../../warehouse/data-api.js';
import { CommandFailure, exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { collectParam } from '../../control/params.js';
import type { CommandDefinition } from '../command-definition.js';
import { table } from '../table.js';

interface Options {
  param?: Record<string, string>;
}

export const queryCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command.option('--param <k=v>', 'the value of :k in the statement, as text; may be repeated', collectParam),
  examples: [
    'waterclock query "select pipeline, count(*) from monitor_db.run_executions_latest group by 1"',
    'waterclock query "select * from monitor_db.run_executions where pipeline = :p" --param p=products --json',
  ],
  async run(context, { param, json }, sql) {
    const { terminal } = context;
    const warehouse = await context.warehouse('analyst');
    const rows = await warehouse.query(sql, param ?? {}).catch(rejected);
    if (json) terminal.print(toJson(rows));
    else if (rows.length > 0) terminal.print(table(rows, { width: terminal.width() }));
    if (!json) terminal.say(`${rows.length} row${rows.length === 1 ? '' : 's'}`);
    return exitCodes.done;
  },
};

/** here the statement is the reader's own: no remedy to name */
function rejected(error: Error): Row[] {
  if (error.name !== 'WarehouseRejected') throw error;
  throw new CommandFailure(exitCodes.failed, error.message, { cause: error });
}

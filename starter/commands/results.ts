import type { ShownQuestion } from '../../define/project.js';
import type { Row, Warehouse } from '../../warehouse/data-api.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { table } from '../table.js';

interface Answer extends ShownQuestion {
  rows: Row[];
  /** why there is no answer */
  error?: string;
}

const totals = `
  select i.pipeline, i.runs, i.records as "records read", h.valid, h.rejected + i.unparseable as rejected, i.ignored, h.loaded
  from (select pipeline, count(*) as runs, sum(records) as records, sum(ignored) as ignored, sum(unparseable) as unparseable
        from monitor_db.ingestor_executions_latest group by pipeline) i
  left join (select pipeline, sum(valid) as valid, sum(rejected) as rejected, sum(staged) as loaded
        from monitor_db.handler_executions_latest group by pipeline) h on h.pipeline = i.pipeline
  order by i.pipeline`;

export const resultsCommand: CommandDefinition<[], unknown> = {
  examples: ['waterclock results', 'waterclock results --json'],
  async run(context, { json }) {
    const { terminal } = context;
    const warehouse = await context.warehouse('analyst');
    const { show } = await context.project();
    const pipelines = await warehouse.query(totals);
    const loaded = new Set(pipelines.map(({ pipeline }) => pipeline));
    // a table of a pipeline that never loaded is not there yet
    const asked = show.filter(({ pipeline }) => pipeline === undefined || loaded.has(pipeline));
    const answers = await Promise.all(asked.map((question) => answer(warehouse, question)));
    if (json) terminal.print(toJson({ pipelines, answers }));
    else {
      const width = terminal.width();
      const shown = answers.map(({ title, rows, error }) => {
        const told = rows.length > 0 ? table(rows, { width }) : 'no rows';
        return `${terminal.paint('bold', title)}\n${error ?? told}`;
      });
      terminal.print(
        [pipelines.length > 0 ? table(pipelines, { width }) : 'nothing was loaded yet', ...shown].join('\n\n'),
      );
    }
    return answers.some(({ error }) => error !== undefined) ? exitCodes.failed : exitCodes.done;
  },
};

async function answer(warehouse: Warehouse, question: ShownQuestion): Promise<Answer> {
  try {
    return { ...question, rows: await warehouse.query(question.sql) };
  } catch (error) {
    return { ...question, rows: [], error: error instanceof Error ? error.message : String(error) };
  }
}

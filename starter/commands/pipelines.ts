import { exitCodes } from '../failure.js';
import { toJson } from '../json.js';
import type { CommandDefinition } from '../command-definition.js';
import { every, gridText, table } from '../table.js';

interface Options {
  check?: true;
}

export const pipelinesCommand: CommandDefinition<[], Options> = {
  options: (command) => command.option('--check', 'check every definition and the names among them'),
  examples: ['waterclock pipelines', 'waterclock pipelines --check', 'waterclock pipelines --json'],
  async run(context, { check, json }) {
    const { terminal } = context;
    // every definition is checked when it is loaded
    const pipelines = await context.pipelines();
    const names = pipelines.map((pipeline) => pipeline.name);
    const twice = names.filter((name, at) => names.indexOf(name) !== at);
    if (twice.length > 0) {
      terminal.say(`two pipelines are named ${twice.join(', ')}: rename one in pipelines/`);
      return exitCodes.failed;
    }
    const listed = pipelines.map(({ name, grid, source, entities, description }) => ({
      name,
      schedule: `${gridText(grid)}${grid.offset ? `, ${every(grid.offset)} after` : ''}`,
      entities: entities.map((entity) => entity.plan.name),
      description,
      snapshot: source.snapshot,
      grid,
    }));
    if (json) terminal.print(toJson(listed));
    else if (check) terminal.print(`${names.length} definitions are right: ${names.join(', ')}`);
    else {
      const rows = listed.map((row) => ({
        ...row,
        entities: row.entities.join(', '),
        snapshot: undefined,
        grid: undefined,
      }));
      terminal.print(
        table(rows, { columns: ['name', 'schedule', 'entities', 'description'], width: terminal.width() }),
      );
    }
    return exitCodes.done;
  },
};

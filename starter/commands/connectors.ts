import { collectParam, paramsFor } from '../../control/params.js';
import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { findPipeline } from '../../control/find-pipeline.js';
import type { CommandDefinition } from '../command-definition.js';
import { connectorTable, streamRows, streamTable } from '../connector-tables.js';

interface AskOptions {
  param?: Record<string, string>;
}

const askOptions: NonNullable<CommandDefinition<[string], AskOptions>['options']> = (command) =>
  command.option('--param <k=v>', 'a parameter of the pipeline; may be repeated', collectParam);

export const connectorsListCommand: CommandDefinition<[], object> = {
  examples: ['waterclock connectors list', 'waterclock connectors list --json'],
  async run(context, { json }) {
    const { terminal } = context;
    const { connectorEnvironment, listConnectors } = await import('../../control/connectors/list-connectors.js');
    const rows = await listConnectors(await context.pipelines(), connectorEnvironment(context));
    const missing = rows.filter(({ found }) => found === null);
    if (json) terminal.print(toJson(rows));
    else if (rows.length === 0) terminal.say('the pipelines of the project have no connectors');
    else {
      terminal.print(connectorTable(rows, terminal.width()));
      for (const { pipeline, problem } of missing) terminal.say(`${pipeline}: ${problem}`);
      if (missing.some((row) => row.package !== null)) terminal.say('then: waterclock connectors install');
    }
    return missing.length > 0 ? exitCodes.failed : exitCodes.done;
  },
};

export const connectorsInstallCommand: CommandDefinition<[string[]], { dryRun?: true }> = {
  options: (command) =>
    command.option('--dry-run', 'show what would be installed').addHelpText(
      'after',
      `
Each package gets a virtual environment of its own, in WATERCLOCK_CONNECTORS or the cache of the user. Run it where the
workers run: on a developer's machine, and in the Dockerfile of an image. pip's own settings hold (PIP_INDEX_URL,
PIP_CONSTRAINT).`,
    ),
  examples: ['waterclock connectors install', 'waterclock connectors install orders --dry-run'],
  async run(context, { json, dryRun = false }, names) {
    const { terminal } = context;
    const known = await context.pipelines();
    const pipelines = names.length > 0 ? names.map((name) => findPipeline(known, name)) : known;
    const { connectorEnvironment } = await import('../../control/connectors/list-connectors.js');
    const { installConnectors } = await import('../../control/connectors/install.js');
    const environment = connectorEnvironment(context);
    const done = await installConnectors(context, pipelines, { environment, dryRun });
    if (json) terminal.print(toJson(done));
    else if (done.length === 0) terminal.say('no pipeline names a package');
    else for (const one of done) terminal.print(`${one.package}  ${one.outcome}  ${one.folder}`);
    return exitCodes.done;
  },
};

export const connectorsCheckCommand: CommandDefinition<[string], AskOptions> = {
  options: askOptions,
  examples: ['waterclock connectors check orders', 'waterclock connectors check orders --param region=eu --json'],
  async run(context, { json, param }, name) {
    const { terminal } = context;
    const pipeline = findPipeline(await context.pipelines(), name);
    const { checkPipelineConnector } = await import('../../control/connectors/ask.js');
    const found = await checkPipelineConnector(context, pipeline, paramsFor(pipeline, param));
    if (json) terminal.print(toJson({ pipeline: name, ...found }));
    else {
      const mark = terminal.paint(found.ok ? 'green' : 'red', found.ok ? 'ok' : 'failed');
      terminal.print(`${mark}  ${name}  ${found.program}  ${found.message}`);
      if (found.remedy) terminal.print(found.remedy);
    }
    return found.ok ? exitCodes.done : exitCodes.failed;
  },
};

export const connectorsDiscoverCommand: CommandDefinition<[string], AskOptions> = {
  options: askOptions,
  examples: ['waterclock connectors discover orders', 'waterclock connectors discover orders --json'],
  async run(context, { json, param }, name) {
    const { terminal } = context;
    const pipeline = findPipeline(await context.pipelines(), name);
    const { discoverPipelineStreams } = await import('../../control/connectors/ask.js');
    const rows = streamRows(pipeline, await discoverPipelineStreams(context, pipeline, paramsFor(pipeline, param)));
    if (json) terminal.print(toJson(rows));
    else terminal.print(streamTable(rows, terminal.width()));
    return exitCodes.done;
  },
};

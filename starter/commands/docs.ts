import { CommandFailure, exitCodes, refuse } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import type { CommandDefinition } from '../command-definition.js';

interface Options {
  port: string;
  latest?: true;
  serve: boolean;
}

export const docsCommand: CommandDefinition<[], Options> = {
  options: (command) =>
    command
      .option('--port <port>', 'where it is served on this machine', '8580')
      .option('--latest', "serve the lake's, which somebody made before; needs no dbt")
      .option('--no-serve', 'write them to the lake, and end'),
  examples: ['waterclock docs', 'waterclock docs --latest --port 9000', 'waterclock docs --no-serve --json'],
  async run(context, { port, latest, serve, json }) {
    const { terminal } = context;
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) refuse(`--port is a number up to 65535, got '${port}'`);
    if (latest && !serve) refuse('--latest serves what is in the lake: leave --no-serve out');
    const settings = context.settings();
    const dbt = await context.dbt();
    const [{ docsAt, makeDocs }, store] = await Promise.all([import('../../control/dbt-docs.js'), context.store()]);
    const at = docsAt(settings);
    const lake = `s3://${at.bucket}/${at.key}`;
    if (latest && !(await store.exists(at))) {
      throw new CommandFailure(exitCodes.failed, `${lake} does not exist: \`waterclock docs\` writes it`);
    }
    if (!latest) terminal.say(`dbt describes its models and the warehouse (target ${settings.dbt.target})`);
    const page = latest ? await store.get(at) : await makeDocs(settings, dbt, store);
    if (!serve) {
      terminal.print(json ? toJson({ status: 'written', lake }) : `written to ${lake}`);
      return exitCodes.done;
    }
    const { servePage } = await import('../serve-page.js');
    const address = await servePage(page, Number(port));
    terminal.print(json ? toJson({ status: 'served', address, lake }) : `${address}  (${lake})`);
    terminal.say('Ctrl-C ends it');
    context.leaving('docs are served no more');
    return new Promise(() => undefined);
  },
};

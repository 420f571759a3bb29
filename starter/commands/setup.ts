import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { bucketsOf } from '../../model/raw-buckets.js';
import type { CommandDefinition } from '../command-definition.js';

interface Options {
  dryRun?: true;
}

export const setupCommand: CommandDefinition<[], Options> = {
  options: (command) => command.option('--dry-run', 'show what is missing'),
  examples: ['waterclock setup', 'waterclock setup --dry-run --json'],
  async run(context, { dryRun = false, json }) {
    const { terminal } = context;
    const settings = context.settings();
    const [{ makeBuckets }, { registerSearchAttributes }, { bootstrapWarehouse }] = await Promise.all([
      import('../../control/buckets.js'),
      import('../../control/register-search-attributes.js'),
      import('../../control/bootstrap-warehouse.js'),
    ]);
    const pipelines = await context.pipelines();
    const wanted = bucketsOf(pipelines, settings);
    // one that fails must not leave the others unobserved
    const parts = await Promise.allSettled([
      context.temporal().then((temporal) => registerSearchAttributes(temporal, dryRun)),
      makeBuckets(wanted, settings.s3ForcePathStyle, dryRun),
      bootstrapWarehouse(context, dryRun),
    ]);
    for (const part of parts) if (part.status === 'rejected') throw part.reason;
    const [attributes, buckets, statements] = parts.map((part) =>
      part.status === 'fulfilled' ? part.value : undefined,
    );
    const done = {
      searchAttributes: attributes ?? [],
      buckets: buckets ?? [],
      statements: statements?.length ?? 0,
      ...(dryRun && { status: 'dry run' }),
    };
    if (json) {
      terminal.print(toJson(done));
      return exitCodes.done;
    }
    const made = dryRun ? 'missing' : 'made';
    const list = (names: string[]) => (names.length > 0 ? `${made} ${names.join(', ')}` : 'all there');
    terminal.print(`search attributes  ${list(done.searchAttributes)}`);
    terminal.print(`buckets            ${list(done.buckets)}`);
    terminal.print(
      `warehouse          ${done.statements} statements ${dryRun ? 'to apply' : 'applied'}, each safe to repeat`,
    );
    return exitCodes.done;
  },
};

import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';

interface Options {
  dryRun?: true;
}

export const newCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command.option('--dry-run', 'show the files that would be written').addHelpText(
      'after',
      `
Writes a folder pipelines/<name>/ (definition, README, sample), a test of it, and its line in waterclock.config.ts.
What it writes passes its own test and \`waterclock pipelines --check\`; then make the source and the schema yours.`,
    ),
  examples: ['waterclock new invoices', 'waterclock new parking_tickets --dry-run'],
  async run({ terminal, projectPlace }, { dryRun = false, json }, name) {
    const { scaffold } = await import('../scaffold.js');
    const { files, next } = await scaffold(projectPlace(), name, dryRun);
    const status = dryRun ? 'dry run' : 'written';
    if (json) terminal.print(toJson({ pipeline: name, status, files, next }));
    else {
      terminal.print(files.map((file) => `${dryRun ? 'would write' : 'wrote'} ${file}`).join('\n'));
      terminal.say(`\nthen: ${next.join('\n      ')}`);
    }
    return exitCodes.done;
  },
};

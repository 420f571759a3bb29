import { relative } from 'node:path';
import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import type { CommandDefinition } from '../command-definition.js';

interface Options {
  dryRun?: true;
}

export const initCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command.option('--dry-run', 'show the files that would be written').addHelpText(
      'after',
      `
Writes a project into a new folder: one small pipeline with its sample, its dbt models and a test, the image of its
workers and a CI workflow. \`npm install\`, \`npm start\` and \`npm test\` work in it at once.
\`npm create waterclock <folder>\` does the same where waterclock is not installed yet.`,
    ),
  examples: ['waterclock init my-platform', 'waterclock init my-platform --dry-run'],
  async run({ terminal }, { dryRun = false, json }, given) {
    const { initProject } = await import('../init-project.js');
    const { folder, files } = await initProject(given, dryRun);
    const next = [`cd ${relative('.', folder) || '.'}`, 'npm install', 'npm start', 'npm test'];
    if (json) terminal.print(toJson({ folder, status: dryRun ? 'dry run' : 'written', files, next }));
    else {
      terminal.print(files.map((file) => `${dryRun ? 'would write' : 'wrote'} ${file}`).join('\n'));
      terminal.say(`\nthen: ${next.join('\n      ')}`);
    }
    return exitCodes.done;
  },
};

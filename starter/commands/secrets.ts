import { join } from 'node:path';
import { exitCodes } from '../../control/failure.js';
import { projectSecrets } from '../../control/project-secrets.js';
import type { CommandDefinition } from '../command-definition.js';
import { toJson } from '../../control/json.js';
import { table } from '../table.js';

export const secretsCommand: CommandDefinition<[], object> = {
  examples: ['waterclock secrets', 'waterclock secrets --json'],
  async run(context, { json }) {
    const { terminal } = context;
    const envFile = join(context.projectPlace().folder, '.env');
    const rows = await projectSecrets(await context.pipelines(), { environment: context.variables(), envFile });
    const missing = rows.filter(({ found }) => found === null).map(({ secret }) => secret);
    if (json) terminal.print(toJson(rows));
    else if (rows.length === 0) terminal.say('the pipelines of the project need no secrets');
    else {
      const shown = rows.map(({ secret, pipelines, found, unchecked }) => ({
        secret,
        found: unchecked ? `not checked: ${unchecked}` : (found ?? 'missing'),
        pipelines: pipelines.join(', '),
      }));
      terminal.print(table(shown, { width: terminal.width() }));
      if (missing.length > 0)
        terminal.say(
          `missing: ${missing.join(', ')}. Set them in the environment of the workers, in .env of the project, or in AWS Secrets Manager`,
        );
    }
    return missing.length > 0 ? exitCodes.failed : exitCodes.done;
  },
};

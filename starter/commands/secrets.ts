import { join } from 'node:path';
import { secretNames } from '../../model/http-source.js';
import { TerminalError } from '../../model/errors.js';
import { findSecret, type FoundSecret } from '../../sources/secrets/find-secret.js';
import { secretsManager, type ReadSecret } from '../../sources/secrets/secrets-manager.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { table } from '../table.js';

interface Row {
  secret: string;
  pipelines: string[];
  /** null: nowhere */
  found: string | null;
  /** why it could not be looked up here; workers may have other rights */
  unchecked?: string;
}

export const secretsCommand: CommandDefinition<[], object> = {
  examples: ['waterclock secrets', 'waterclock secrets --json'],
  async run(context, { json }) {
    const { terminal } = context;
    const pipelines = await context.pipelines();
    const places = { environment: context.variables(), envFile: join(context.projectPlace().folder, '.env') };
    const users = new Map<string, string[]>();
    for (const { name, source } of pipelines) {
      for (const secret of secretNames(source)) users.set(secret, [...(users.get(secret) ?? []), name]);
    }
    const read = secretsManager();
    const rows = await Promise.all(
      [...users].sort().map(async ([secret, pipelines]): Promise<Row> => {
        const found = findSecret(secret, places);
        return { secret, pipelines, ...(found ? await whereOf(found, read) : { found: null }) };
      }),
    );
    const missing = rows.filter(({ found, unchecked }) => found === null && unchecked === undefined);
    if (json) terminal.print(toJson(rows));
    else if (rows.length === 0) terminal.say('the pipelines of the project need no secrets');
    else {
      const shown = rows.map(({ secret, pipelines, found, unchecked }) => ({
        secret,
        found: unchecked ? `not checked: ${unchecked}` : (found ?? 'missing'),
        pipelines: pipelines.join(', '),
      }));
      terminal.print(table(shown, { width: terminal.width() }));
      if (missing.length > 0) {
        const names = missing.map(({ secret }) => secret).join(', ');
        terminal.say(
          `missing: ${names}. Set them in the environment of the workers, in .env of the project, or in AWS Secrets Manager`,
        );
      }
    }
    return missing.length > 0 ? exitCodes.failed : exitCodes.done;
  },
};

/** what lies in Secrets Manager is read, to see that it is there, and let go of */
async function whereOf(found: FoundSecret, read: ReadSecret): Promise<Pick<Row, 'found' | 'unchecked'>> {
  if (found.from !== 'Secrets Manager') return { found: found.from };
  const { id, key } = found.place;
  const where = `Secrets Manager: ${id}${key === undefined ? '' : `#${key}`}${found.by === 'definition' ? '' : `, by ${found.by}`}`;
  try {
    await read(found.place);
    return { found: where };
  } catch (error) {
    if (error instanceof TerminalError && error.name === 'SecretMissing') return { found: null };
    return { found: where, unchecked: `${where}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

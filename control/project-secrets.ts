import { TerminalError } from '../model/errors.js';
import { secretNames } from '../model/http-source.js';
import type { Pipeline } from '../define/pipeline.js';
import { findSecret, type FoundSecret, type SecretPlaces } from '../sources/secrets/find-secret.js';
import { secretsManager, type ReadSecret } from '../sources/secrets/secrets-manager.js';

export interface ProjectSecret {
  secret: string;
  pipelines: string[];
  /** null: nowhere */
  found: string | null;
  /** why it could not be looked up here; workers may have other rights */
  unchecked?: string;
}

/** the secrets that pipelines need, by name, and where each is found from here; never a value */
export async function projectSecrets(
  pipelines: Pick<Pipeline, 'name' | 'source' | 'tasks'>[],
  places: SecretPlaces,
): Promise<ProjectSecret[]> {
  const users = new Map<string, string[]>();
  for (const { name, source, tasks } of pipelines) {
    for (const secret of secretNames({ source, tasks })) users.set(secret, [...(users.get(secret) ?? []), name]);
  }
  const read = secretsManager();
  const rows = [...users].map(async ([secret, pipelines]): Promise<ProjectSecret> => {
    const found = findSecret(secret, places);
    return { secret, pipelines, ...(found ? await whereOf(found, read) : { found: null }) };
  });
  return (await Promise.all(rows)).sort((a, b) => (a.secret < b.secret ? -1 : 1));
}

/** what lies in Secrets Manager is read, to see that it is there, and let go of */
async function whereOf(found: FoundSecret, read: ReadSecret): Promise<Pick<ProjectSecret, 'found' | 'unchecked'>> {
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

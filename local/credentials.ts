import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const credentials = z.object({ accessKeyId: z.string(), secretAccessKey: z.string(), postgresPassword: z.string() });

export type Credentials = z.infer<typeof credentials>;

/** made once a state: other users of the machine reach 127.0.0.1 too */
export function stateCredentials(state: string): Credentials {
  const file = join(state, 'credentials.json');
  if (existsSync(file)) return credentials.parse(JSON.parse(readFileSync(file, 'utf8')));
  const made: Credentials = {
    accessKeyId: `LOCAL${randomBytes(8).toString('hex').toUpperCase()}`,
    secretAccessKey: randomBytes(20).toString('hex'),
    postgresPassword: randomBytes(20).toString('hex'),
  };
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { KnownUser } from '../../redshift-local/users.js';

export interface ComposeFile {
  /** of the .env that make-env.sh writes */
  secrets: Record<string, string>;
  services: Record<string, { environment?: Record<string, string | number> }>;
  environmentOf(service: string): Record<string, string>;
  /** of the warehouse */
  users: KnownUser[];
}

/** docker-compose.yml as `docker compose` reads it on a new server */
export function composeFile(): ComposeFile {
  const env = execFileSync('sh', ['infra/compose/make-env.sh'], { encoding: 'utf8' });
  const secrets = Object.fromEntries(
    [...env.matchAll(/^([A-Z_0-9]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  const text = readFileSync('docker-compose.yml', 'utf8').replace(
    /(?<!\$)\$\{([A-Z_0-9]+)(?::[?-]([^}]*))?\}/g,
    (_, name: string, otherwise?: string) => secrets[name] || (otherwise ?? ''),
  );
  const { services } = parse(text, { merge: true }) as Pick<ComposeFile, 'services'>;
  const environmentOf: ComposeFile['environmentOf'] = (service) =>
    Object.fromEntries(
      Object.entries(services[service]?.environment ?? {}).map(([key, value]) => [key, String(value)]),
    );
  const users = JSON.parse(environmentOf('redshift-data')['REDSHIFT_LOCAL_USERS'] ?? '') as KnownUser[];
  return { secrets, services, environmentOf, users };
}

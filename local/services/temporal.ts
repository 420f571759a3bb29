import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { queueSettings } from '../../model/development-server.js';
import { tool } from '../paths.js';
import { acceptsConnections } from '../supervisor/ready.js';
import type { Service } from '../supervisor/service.js';
import type { ServiceOptions } from './service-options.js';

const run = promisify(execFile);

/** the development server on a file; history is kept 30 days instead of its usual one. `settings` are of its dynamic configuration, as JSON */
export function temporal(
  { state, ports, environment }: ServiceOptions,
  settings: Record<string, string> = {},
): Service {
  const command = tool('temporal');
  const isUp = acceptsConnections(ports.temporal);
  const retention = 'operator namespace update --namespace default --retention 30d --command-timeout 5s'.split(' ');
  retention.push('--address', `127.0.0.1:${ports.temporal}`);
  const server = 'server start-dev --ip 127.0.0.1 --log-level warn --log-format json'.split(' ');
  server.push(
    '--port',
    String(ports.temporal),
    '--ui-port',
    String(ports.ui),
    '--db-filename',
    join(state, 'temporal.db'),
    // as PostgreSQL here: the last moments may be lost when the machine stops, never the consistency
    ...['journal_mode=wal', 'synchronous=normal'].flatMap((pragma) => ['--sqlite-pragma', pragma]),
    ...[...queueSettings, ...Object.entries(settings).map((setting) => setting.join('='))].flatMap((setting) => [
      '--dynamic-config-value',
      setting,
    ]),
  );
  return {
    name: 'temporal',
    port: ports.temporal,
    morePorts: [ports.ui],
    command,
    args: server,
    environment: { ...environment, TEMPORAL_VERSION_CHECK_DISABLED: '1' },
    ready: async () => (await isUp()) && (await run(command, retention, { env: environment })).stderr !== undefined,
  };
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { redshiftDataStack } from '../redshift-local/test/support/redshift-data-stack.js';

const root = join(import.meta.dirname, '..');

export type Stack = Awaited<ReturnType<typeof redshiftDataStack>>;

/** the local Redshift in a process of its own, as in the embedded stack */
export async function startService({ postgres, s3 }: Stack, env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'redshift-local/main.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...env,
      PORT: '0',
      PGHOST: postgres.host,
      PGPORT: String(postgres.port),
      PGUSER: postgres.user,
      PGPASSWORD: postgres.password,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
      AWS_REGION: s3.region,
    },
  });
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve);
    child.once('exit', () => reject(new Error('the local Redshift did not start')));
  });
  return {
    url: line.split(' ').at(-1) ?? '',
    peakMegabytes: () => peakOf(child.pid),
    async stop(): Promise<void> {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** most memory that a process has held; Linux only, elsewhere 0 */
export function peakOf(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}

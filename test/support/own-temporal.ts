import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../local/ports.js';
import { temporal } from '../../local/services/temporal.js';
import { supervise, type Supervised } from '../../local/supervisor/supervise.js';

export interface OwnTemporal {
  address: string;
  /** by SIGKILL; its supervisor starts it again on the same file */
  kill(): void;
  /** everything that the server has written */
  log(): string;
  close(): Promise<void>;
}

/** a server of this test file's own, since killing the shared one would strike other files */
export async function ownTemporal(): Promise<OwnTemporal> {
  const state = mkdtempSync(join(tmpdir(), 'wc-temporal-'));
  const ports = await freePorts();
  const service = temporal({
    state,
    ports,
    credentials: { accessKeyId: '', secretAccessKey: '', postgresPassword: '' },
    environment: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' },
  });
  const logPath = join(state, 'temporal.log');
  let supervised: Supervised | undefined;
  let givenUp: Error | undefined;
  await supervise(service, logPath, {
    onSpawn: () => undefined,
    onHandle: (handle) => (supervised = handle),
    onLine: () => undefined,
    onGivenUp: (failure) => (givenUp = failure),
  });
  return {
    address: `127.0.0.1:${ports.temporal}`,
    kill() {
      const pid = supervised?.identity()?.pid;
      if (givenUp || pid === undefined) throw givenUp ?? new Error('no server to kill');
      process.kill(pid, 'SIGKILL');
    },
    log: () => readFileSync(logPath, 'utf8'),
    async close() {
      await supervised?.stop({ now: true });
      rmSync(state, { recursive: true, force: true });
    },
  };
}

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess, signalGroup } from './end-process.js';
import { identify, type ProcessIdentity } from './process-identity.js';
import type { Service, ServiceLog } from './service.js';
import { PortTaken, takenPort } from './port-taken.js';
import { StackFailure } from './stack-failure.js';

const deathsAllowed = 3;
const deathWindow = 60_000;

export interface Supervised {
  service: Service;
  identity(): ProcessIdentity | undefined;
  log: ServiceLog;
  stop(options?: { now?: boolean }): Promise<void>;
}

export interface SuperviseEvents {
  /** a process of the service was started: its pid is worth writing down */
  onSpawn(identity: ProcessIdentity | undefined): void;
  /** what can be stopped, known before it is ready */
  onHandle(handle: Supervised): void;
  onLine(line: string): void;
  /** three deaths in a minute, or another program has its port: the service is given up */
  onGivenUp(failure: StackFailure): void;
}

/** starts a service in a process group of its own, waits until it is ready, and starts it again when it dies */
export async function supervise(service: Service, logPath: string, events: SuperviseEvents): Promise<void> {
  mkdirSync(dirname(logPath), { recursive: true });
  let child: ChildProcess | undefined;
  let identity: ProcessIdentity | undefined;
  let isStopping = false;
  let logStart = 0;
  let deaths: number[] = [];
  let spawnError: Error | undefined;
  let lost: PortTaken | undefined;

  const log: ServiceLog = { path: logPath, text: () => readFrom(logPath, logStart) };

  function start(): ChildProcess {
    const file = openSync(logPath, 'a', 0o600);
    logStart = statSync(logPath).size;
    try {
      const started = spawn(service.command, service.args, {
        cwd: service.folder ?? process.cwd(),
        env: service.environment,
        stdio: ['ignore', file, file],
        detached: true,
        ...service.user,
      });
      started.once('error', (error) => (spawnError = error));
      identity = started.pid === undefined ? undefined : identify(started.pid);
      started.once('exit', (code, signal) => void died(started, code === null ? String(signal) : `exit code ${code}`));
      events.onSpawn(identity);
      return started;
    } finally {
      closeSync(file);
    }
  }

  async function died(which: ChildProcess, how: string): Promise<void> {
    if (which.pid !== undefined) signalGroup(which.pid, 'SIGKILL');
    if (isStopping || which !== child) return;
    // what answers on the port of a service that could not bind it is another program
    const port = await takenPort(service);
    if (isStopping) return;
    if (port !== undefined) {
      isStopping = true;
      lost = new PortTaken(service.name, port);
      events.onGivenUp(lost);
      return;
    }
    deaths = [...deaths.filter((at) => at > Date.now() - deathWindow), Date.now()];
    if (deaths.length >= deathsAllowed) {
      isStopping = true;
      events.onGivenUp(new StackFailure(`${service.name} died ${deathsAllowed} times in a minute (${how})`, log));
      return;
    }
    events.onLine(`${service.name} died (${how}), started again`);
    child = start();
  }

  const taken = await takenPort(service);
  if (taken !== undefined) throw new PortTaken(service.name, taken);
  child = start();
  const supervised: Supervised = {
    service,
    identity: () => identity,
    log,
    async stop({ now = false } = {}) {
      isStopping = true;
      if (identity)
        await endProcess(identity, now ? 'SIGKILL' : (service.stopSignal ?? 'SIGTERM'), service.grace ?? 5000);
    },
  };

  events.onHandle(supervised);
  const until = Date.now() + (service.readyWithin ?? 60_000);
  for (;;) {
    if (spawnError) throw new StackFailure(`${service.name} could not be started: ${spawnError.message}`);
    if (lost) throw lost;
    if (isStopping) throw new StackFailure(`${service.name} was stopped before it was ready`, log);
    if (await service.ready(log).catch(() => false)) return;
    if (Date.now() > until) {
      await supervised.stop();
      throw new StackFailure(`${service.name} was not ready after ${(service.readyWithin ?? 60_000) / 1000} s`, log);
    }
    await sleep(40);
  }
}

function readFrom(path: string, start: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(64 * 1024, Math.max(0, statSync(path).size - start)));
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, start));
  } finally {
    closeSync(file);
  }
}

import { spawn } from 'node:child_process';
import { request } from 'undici';
import { commandOf, type Image, type Prepared } from './container-files.js';
import type { ContainerSpec, Probe } from './pod.js';

export interface Probes {
  stop(): void;
}

interface ProbedContainer {
  container: ContainerSpec;
  image: Image;
  prepared: Prepared;
  address: string;
  onStarted(): void;
  onReady(isReady: boolean): void;
  /** it failed as often as it may: the kubelet restarts it */
  onUnhealthy(which: 'startup' | 'liveness'): void;
}

/** asks as the kubelet does: startup first, and readiness and liveness once that has succeeded */
export function startProbes(probed: ProbedContainer): Probes {
  const { container, onStarted, onReady, onUnhealthy } = probed;
  let isOver = false;
  const timers = new Set<NodeJS.Timeout>();
  const isStopped = () => isOver;

  function every(probe: Probe, onResult: (isWell: boolean, inRow: number) => 'end' | 'again') {
    let last: boolean | undefined;
    let inRow = 0;
    const ask = async () => {
      const isWell = await passes(probe, probed);
      if (isStopped()) return;
      inRow = isWell === last ? inRow + 1 : 1;
      last = isWell;
      if (onResult(isWell, inRow) === 'again') later((probe.periodSeconds ?? 10) * 1_000);
    };
    const later = (ms: number) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        void ask();
      }, ms);
      timers.add(timer);
    };
    later((probe.initialDelaySeconds ?? 0) * 1_000);
  }

  function started(): void {
    onStarted();
    const { livenessProbe, readinessProbe } = container;
    if (!readinessProbe) onReady(true);
    else
      every(readinessProbe, (isWell, inRow) => {
        const needed = isWell ? (readinessProbe.successThreshold ?? 1) : (readinessProbe.failureThreshold ?? 3);
        if (inRow === needed) onReady(isWell);
        return 'again';
      });
    if (livenessProbe)
      every(livenessProbe, (isWell, inRow) => {
        if (isWell || inRow < (livenessProbe.failureThreshold ?? 3)) return 'again';
        onUnhealthy('liveness');
        return 'end';
      });
  }

  const { startupProbe } = container;
  if (!startupProbe) started();
  else
    every(startupProbe, (isWell, inRow) => {
      if (isWell) started();
      else if (inRow >= (startupProbe.failureThreshold ?? 3)) onUnhealthy('startup');
      else return 'again';
      return 'end';
    });
  return {
    stop() {
      isOver = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

async function passes(
  { exec, httpGet, timeoutSeconds = 1 }: Probe,
  { container, image, prepared, address }: ProbedContainer,
): Promise<boolean> {
  const timeout = timeoutSeconds * 1_000;
  if (httpGet) {
    const port = container.ports?.find(({ name }) => name === httpGet.port)?.containerPort ?? httpGet.port;
    const asked = request(`http://${address}:${port}${httpGet.path ?? '/'}`, { signal: AbortSignal.timeout(timeout) });
    return asked.then(
      async ({ statusCode, body }) => {
        await body.dump();
        return statusCode < 400;
      },
      () => false,
    );
  }
  const [program = '', ...args] = commandOf(exec?.command ?? [], image);
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: image.folder,
      env: prepared.environment,
      stdio: 'ignore',
      timeout,
      killSignal: 'SIGKILL',
    });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

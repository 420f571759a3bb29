import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type KubeApi, KubeError } from '../api.js';
import { type Image, type Prepared, prepareContainer } from './container-files.js';
import { pathOf, type Pod } from './pod.js';
import { type Probes, startProbes } from './probes.js';

/** what happens to a pod, in the order of it */
export type Happening = 'starts' | 'ready' | 'not ready' | 'SIGTERM' | 'SIGKILL' | 'unhealthy' | 'ends';

export interface RunningPod {
  pod: Pod;
  image: Image;
  prepared(): Prepared | undefined;
  /** path of what it has written */
  log: string;
  /** SIGTERM, and SIGKILL after the grace; the object is deleted once it has ended */
  end(graceSeconds: number): void;
  kill(): Promise<void>;
}

interface Around {
  api: KubeApi;
  image: Image | undefined;
  /** of pods, beside their log */
  folder: string;
  address: string;
  podIp: string;
  onHappening(what: Happening, detail: string): void;
  /** its object is gone */
  onGone(): void;
}

/** ms after which a container that ended is started again; Kubernetes doubles it each time */
const restartAfter = 10_000;

/** one container as a process of this machine, which its pod's object reports */
export function runPod(pod: Pod, around: Around): RunningPod {
  const { api, image, podIp, address, onHappening, onGone } = around;
  const { restartPolicy } = pod.spec;
  const [container] = pod.spec.containers;
  const folder = join(around.folder, pod.metadata.uid ?? '');
  mkdirSync(folder, { recursive: true });
  const log = join(around.folder, `${pod.metadata.name}.log`);
  const startTime = now();
  let child: ChildProcess | undefined;
  let prepared: Prepared | undefined;
  let probes: Probes | undefined;
  let restarts = 0;
  let isReady = false;
  let isStarted = false;
  let isEnding = false;
  let timer: NodeJS.Timeout | undefined;
  let reports = Promise.resolve();

  function report(phase: string, state: object): void {
    const isTrue = (value: boolean) => (value ? 'True' : 'False');
    const conditions = { Initialized: true, PodReadyToStartContainers: true, Ready: isReady, ContainersReady: isReady };
    const status = {
      phase,
      startTime,
      podIP: podIp,
      podIPs: [{ ip: podIp }],
      conditions: Object.entries(conditions).map(([type, value]) => ({
        type,
        status: isTrue(value),
        lastTransitionTime: now(),
      })),
      containerStatuses: [
        {
          name: container.name,
          image: container.image,
          imageID: container.image,
          ready: isReady,
          started: isStarted,
          restartCount: restarts,
          state,
        },
      ],
    };
    reports = reports
      .then(async () => void (await api.patch(`${pathOf(pod)}/status`, { status })))
      .catch((error: unknown) => {
        if (!(error instanceof KubeError && error.status === 404)) onHappening('ends', String(error));
      });
  }

  async function start(): Promise<void> {
    timer = undefined;
    try {
      if (!image) throw new Error(`Failed to pull image "${container.image}": not found`);
      prepared = await prepareContainer(api, pod, image, { folder, address });
    } catch (error) {
      const reason = image ? 'CreateContainerConfigError' : 'ImagePullBackOff';
      report('Pending', { waiting: { reason, message: String(error) } });
      timer = setTimeout(() => void start(), 2_000);
      return;
    }
    if (isEnding) return;
    const [program = '', ...args] = prepared.command;
    const file = openSync(log, 'a');
    const started = spawn(program, args, {
      cwd: image.folder,
      env: prepared.environment,
      stdio: ['ignore', file, file],
      detached: true,
    });
    closeSync(file);
    child = started;
    onHappening('starts', String(started.pid));
    const startedAt = now();
    const running = () => report('Running', { running: { startedAt } });
    running();
    started.once('exit', (code, signal) => ended(startedAt, code ?? (signal === 'SIGKILL' ? 137 : 143)));
    if (restartPolicy !== 'Always') return;
    probes = startProbes({
      container,
      image,
      prepared,
      address,
      onStarted: () => {
        isStarted = true;
        running();
      },
      onReady: (value) => {
        if (value === isReady) return;
        isReady = value;
        onHappening(value ? 'ready' : 'not ready', '');
        running();
      },
      onUnhealthy: (which) => {
        onHappening('unhealthy', which);
        terminate(pod.spec.terminationGracePeriodSeconds);
      },
    });
  }

  function ended(startedAt: string, exitCode: number): void {
    endRest(child?.pid);
    child = undefined;
    probes?.stop();
    isReady = false;
    isStarted = false;
    onHappening('ends', String(exitCode));
    if (timer) clearTimeout(timer);
    const reason = exitCode === 0 ? 'Completed' : 'Error';
    const state = { terminated: { exitCode, reason, startedAt, finishedAt: now() } };
    if (isEnding) {
      report(exitCode === 0 ? 'Succeeded' : 'Failed', state);
      void remove();
    } else if (restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && exitCode === 0)) {
      report(exitCode === 0 ? 'Succeeded' : 'Failed', state);
    } else {
      restarts += 1;
      report('Running', { waiting: { reason: 'CrashLoopBackOff' } });
      timer = setTimeout(() => void start(), restartAfter);
    }
  }

  async function remove(): Promise<void> {
    await reports;
    await api.delete(pathOf(pod), 0).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
    onGone();
  }

  function signal(name: 'SIGTERM' | 'SIGKILL'): void {
    if (child?.pid === undefined) return;
    onHappening(name, String(child.pid));
    child.kill(name);
  }

  function terminate(graceSeconds: number): void {
    signal('SIGTERM');
    timer = setTimeout(() => signal('SIGKILL'), graceSeconds * 1_000);
  }

  void start();
  return {
    pod,
    image: image ?? { folder, environment: {}, programs: {} },
    prepared: () => prepared,
    log,
    end(graceSeconds) {
      if (isEnding) return;
      isEnding = true;
      // a pod that leaves is not sent anything any more
      probes?.stop();
      if (timer) clearTimeout(timer);
      if (child) terminate(graceSeconds);
      else void remove();
    },
    async kill() {
      isEnding = true;
      probes?.stop();
      if (timer) clearTimeout(timer);
      if (!child) return;
      const gone = new Promise((resolve) => child?.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** what a container's first process leaves ends with it */
function endRest(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // there is none
  }
}

const now = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

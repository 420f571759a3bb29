import { setTimeout as sleep } from 'node:timers/promises';
import { startProgram } from '../../../ecs-local/program.js';
import { memoryOf } from '../../../ecs-local/memory.js';
import type { ContainerState, Pod } from '../../../tasks/kubernetes/objects.js';

interface Variable {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

export interface PodSpec {
  terminationGracePeriodSeconds?: number;
  containers: [
    {
      name: string;
      image: string;
      command?: string[];
      args?: string[];
      env?: Variable[];
      resources?: { limits?: { memory?: string } };
    },
  ];
}
export type FullPod = Pod & { spec: PodSpec };

interface Options {
  /** folders that stand for images, by their names */
  images: Record<string, string>;
  /** of every container, as its image has it */
  environment: Record<string, string>;
  secret(name: string, key: string): string | undefined;
  onStatus(pod: FullPod, status: NonNullable<Pod['status']>): Promise<void> | void;
}

interface Running {
  lines: string[];
  isOver: boolean;
  stop(): void;
  kill(): void;
  ended: Promise<void>;
}

/** plays the part of a node: a pod is a process, and its status and lines are as a kubelet gives them */
export function kubelet({ images, environment, secret, onStatus }: Options) {
  const all = new Map<string, Running>();
  let started = 0;

  async function run(pod: FullPod): Promise<void> {
    const [container] = pod.spec.containers;
    const running: Running = { lines: [], isOver: false, stop() {}, kill() {}, ended: Promise.resolve() };
    all.set(pod.metadata.name, running);
    const say = (phase: NonNullable<Pod['status']>['phase'], state: ContainerState) =>
      onStatus(pod, { ...(phase && { phase }), containerStatuses: [{ name: container.name, state }] });
    const folder = images[container.image];
    if (!/^[a-z0-9./:_@-]+$/.test(container.image)) {
      const message = `Failed to apply default image tag "${container.image}": couldn't parse image name`;
      return say('Pending', { waiting: { reason: 'InvalidImageName', message } });
    }
    if (folder === undefined) {
      const cause = container.image.startsWith('away.') ? 'dial tcp: i/o timeout' : `${container.image}: not found`;
      const message = `failed to pull and unpack image "${container.image}": failed to resolve reference: ${cause}`;
      return say('Pending', { waiting: { reason: 'ErrImagePull', message } });
    }
    const given: Record<string, string> = {};
    for (const { name, value = '', valueFrom } of container.env ?? []) {
      const from = valueFrom?.secretKeyRef;
      const hidden = from && secret(from.name, from.key);
      if (from && hidden === undefined) {
        const message = `couldn't find key ${from.key} in Secret data/${from.name}`;
        return say('Pending', { waiting: { reason: 'CreateContainerConfigError', message } });
      }
      given[name] = hidden ?? expanded(value, given);
    }
    const command = [...(container.command ?? []), ...(container.args ?? [])].map((word) => expanded(word, given));
    const grace = (pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000;
    const onLine = (text: string) => void running.lines.push(`${now()} ${text}`);
    const program = startProgram({ command, cwd: folder, environment: { ...environment, ...given }, grace, onLine });
    started++;
    running.stop = program.stop;
    running.kill = program.kill;
    running.ended = (async () => {
      let isOver = false;
      const limit = Number.parseInt(container.resources?.limits?.memory ?? '1000000', 10);
      const watch = setInterval(() => {
        if (program.group === undefined) return;
        void memoryOf(program.group).then((used) => {
          if (used === undefined || used <= limit) return;
          isOver = true;
          program.kill();
        });
      }, 200);
      await say('Running', { running: { startedAt: new Date().toISOString() } });
      const end = await program.ended;
      clearInterval(watch);
      running.isOver = true;
      if ('missing' in end) {
        const message = `failed to create containerd task: exec: "${command[0]}": executable file not found in $PATH`;
        return say('Failed', { terminated: { exitCode: 128, reason: 'StartError', message } });
      }
      const { exitCode } = end;
      const reason = isOver ? 'OOMKilled' : exitCode === 0 ? 'Completed' : 'Error';
      await say(exitCode === 0 ? 'Succeeded' : 'Failed', { terminated: { exitCode, reason } });
    })();
  }

  return {
    run,
    /** SIGTERM, and SIGKILL after the pod's grace; once it has ended */
    async stop(name: string): Promise<void> {
      all.get(name)?.stop();
      await all.get(name)?.ended;
    },
    /** of a container that runs, or did; `follow`: until it ends */
    async *log(name: string, { since = '', follow = false }): AsyncGenerator<string> {
      const running = all.get(name);
      if (!running) return;
      for (let at = 0; ;) {
        const line = running.lines[at];
        if (line !== undefined) {
          at++;
          if (line >= since.slice(0, 19)) yield `${line}\n`;
        } else if (!follow || running.isOver) return;
        else await sleep(10);
      }
    },
    started: () => started,
    async close(): Promise<void> {
      for (const { kill } of all.values()) kill();
      await Promise.all([...all.values()].map(({ ended }) => ended));
    },
  };
}

/** nanoseconds, as the runtime writes them */
const now = () =>
  new Date().toISOString().replace('Z', `${String(process.hrtime.bigint() % 1_000_000n).padStart(6, '0')}Z`);

/** `$(NAME)` of variables before it, and `$$` for `$` */
const expanded = (text: string, known: Record<string, string>): string =>
  text.replaceAll(/\$\$|\$\(([\w.-]+)\)/g, (all, name: string | undefined) =>
    name === undefined ? '$' : (known[name] ?? all),
  );

import { setTimeout as sleep } from 'node:timers/promises';
import { FailedToStart, startContainer, type ContainerPlace } from './container.js';
import type { Faults } from './faults.js';
import type { StopCode, Task, TaskDefinition } from './shapes.js';

/** what the task is asked for while it lives */
export interface Life {
  stop(code: StopCode, reason: string): void;
  kill(): void;
  ended: Promise<void>;
}

interface Living {
  task: Task;
  definition: TaskDefinition;
  place: ContainerPlace;
  faults: Faults;
  /** ms in each state on the way */
  pace: number;
  onStart(): void;
}

const seconds = () => Date.now() / 1_000;

/** a task from PROVISIONING to STOPPED */
export function live({ task, definition, place, faults, pace, onStart }: Living): Life {
  let running: Awaited<ReturnType<typeof startContainer>>[] = [];
  const enter = (state: string) => {
    task.lastStatus = state;
    task.version++;
    if (state !== 'STOPPED' && state !== 'DEPROVISIONING')
      for (const container of task.containers)
        if (container.exitCode === undefined) container.lastStatus = state === 'RUNNING' ? 'RUNNING' : 'PENDING';
  };
  const isAsked = () => task.desiredStatus === 'STOPPED';

  function ask(code: StopCode, reason: string): void {
    if (isAsked()) return;
    task.desiredStatus = 'STOPPED';
    task.stopCode = code;
    task.stoppedReason = reason;
    task.stoppingAt = seconds();
    task.version++;
    for (const one of running) one.stop();
  }

  async function start(): Promise<void> {
    for (const state of ['PENDING', 'ACTIVATING']) {
      await sleep(pace);
      if (isAsked()) return;
      enter(state);
    }
    await sleep(pace);
    if (isAsked()) return;
    if (faults.strikes('failed to start'))
      throw new FailedToStart(
        'ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR.',
      );
    if (faults.strikes('pull'))
      throw new FailedToStart(
        `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${definition.containerDefinitions[0]?.image}: unexpected status: 503`,
      );
    onStart();
    const { containerOverrides = [], memory = definition.memory } = task.overrides;
    for (const container of task.containers) {
      const own = definition.containerDefinitions.find(({ name }) => name === container.name);
      if (!own) continue;
      const override = containerOverrides.find(({ name }) => name === container.name) ?? {};
      const limit = override.memory ?? own.memory ?? (memory === undefined ? Infinity : Number(memory));
      const taskId = task.taskArn.slice(task.taskArn.lastIndexOf('/') + 1);
      running.push(await startContainer({ place, container, definition: own, override, taskId, memory: limit }));
    }
    task.startedAt = seconds();
    enter('RUNNING');
    // asked for meanwhile
    if (isAsked()) for (const one of running) one.stop();
    if (faults.strikes('spot')) ask('SpotInterruption', 'Your Spot Task was interrupted.');
    const essential = task.containers.map(
      (container) => definition.containerDefinitions.find(({ name }) => name === container.name)?.essential !== false,
    );
    await Promise.race(running.filter((_, at) => essential[at]).map(({ ended }) => ended));
    ask('EssentialContainerExited', 'Essential container in task exited');
    for (const one of running) one.stop();
    await Promise.all(running.map(({ ended }) => ended));
  }

  async function whole(): Promise<void> {
    try {
      await start();
    } catch (error) {
      if (!(error instanceof FailedToStart)) throw error;
      for (const one of running) one.kill();
      task.desiredStatus = 'STOPPED';
      task.stopCode = 'TaskFailedToStart';
      task.stoppedReason = error.message;
      task.stoppingAt ??= seconds();
      delete task.startedAt;
    }
    for (const container of task.containers) container.lastStatus = 'STOPPED';
    enter('DEPROVISIONING');
    await sleep(pace);
    task.stoppedAt = seconds();
    enter('STOPPED');
  }

  return {
    stop: ask,
    kill: () => {
      for (const one of running) one.kill();
    },
    ended: whole(),
  };
}

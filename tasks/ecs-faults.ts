import type { Task } from '@aws-sdk/client-ecs';
import type { TaskEnd } from './runner.js';

/** how a task that ECS has stopped ended, in words; `memory`: MiB that it had */
export function ecsEnd(task: Task, container: string, memory: string): TaskEnd {
  const { stopCode, stoppedReason = '', containers = [] } = task;
  const { exitCode, reason = '' } = containers.find((one) => one.name === container) ?? containers[0] ?? {};
  if (/OutOfMemory/.test(reason))
    return { fault: `took more memory than its ${memory} MiB: raise \`memory\` of the task`, passes: false };
  switch (stopCode) {
    case 'TaskFailedToStart':
      return failedToStart(stoppedReason);
    case 'SpotInterruption':
      return { fault: `lost its Spot capacity`, passes: true };
    case 'UserInitiated':
      return { fault: `was stopped by somebody on ECS: ${stoppedReason}`, passes: false };
    default:
  }
  if (exitCode === undefined || (exitCode === 137 && stopCode !== 'EssentialContainerExited'))
    return { fault: `was ended by ECS (${stopCode ?? 'no reason'}): ${reason || stoppedReason}`, passes: true };
  if (exitCode === 137) return { fault: `was killed by SIGKILL: ${reason || stoppedReason}`, passes: true };
  return { code: exitCode };
}

/** why what ECS runs did not begin */
export function failedToStart(reason: string): TaskEnd {
  const isMissing = /not found|does not exist|manifest unknown|denied|can't find|ResourceNotFound|NotAuthorized/i;
  if (reason.startsWith('CannotPullContainer')) {
    const isLasting = isMissing.test(reason);
    const what = isLasting ? 'its image is not there, or may not be pulled' : 'its image could not be pulled';
    return { fault: `did not start, ${what}: ${reason}`, passes: !isLasting, type: 'TaskRefused' };
  }
  if (reason.startsWith('CannotStartContainer'))
    return { fault: `did not start: ${reason}`, passes: false, type: 'TaskMissing' };
  if (/capacity/i.test(reason)) return { fault: `found no capacity: ${reason}`, passes: true };
  return { fault: `did not start: ${reason}`, passes: !isMissing.test(reason), type: 'TaskRefused' };
}

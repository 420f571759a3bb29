import type { TaskEnd } from '../runner.js';
import { conditionOf, stateOf, type Event, type Job, type Pod } from './objects.js';

/** ms that a task waits for a node, which an autoscaler may have to start, or for a quota */
const mostWait = 10 * 60_000;

const lasting =
  /not found|does not exist|manifest unknown|denied|unauthorized|authentication required|no match for platform|InvalidImageName/i;
const noConfig = /not found|couldn't find key|runAsNonRoot|non-numeric user|run as root/i;
const noProgram = /executable file not found|no such file or directory|permission denied/i;

/** how a Job that Kubernetes says has ended did; undefined while it has not. `memory`: what it had */
export function jobEnd(job: Job, pod: Pod | undefined, memory: string): TaskEnd | undefined {
  if (conditionOf(job, 'Complete')) return { code: 0 };
  const failed = conditionOf(job, 'Failed');
  if (!failed) return undefined;
  if (failed.reason === 'DeadlineExceeded')
    return {
      fault: 'was stopped by Kubernetes: it took longer than its step may (`retries: { <step>: { timeout } }`)',
      passes: true,
    };
  if (!pod) return { fault: `lost its pod: ${failed.message ?? failed.reason ?? 'no reason'}`, passes: true };
  return podEnd(pod, memory);
}

function podEnd(pod: Pod, memory: string): TaskEnd {
  const { reason = '', message = '' } = pod.status ?? {};
  const said = message || reason;
  const { terminated } = stateOf(pod);
  if (terminated?.reason === 'OOMKilled')
    return { fault: `took more memory than its ${memory}: raise \`memory\` of the task`, passes: false };
  if (reason === 'Evicted' && /exceeds the (total )?limit|exceeded its local ephemeral storage/i.test(said))
    return { fault: `wrote more to its disk than it may: ${said}`, passes: false };
  if (reason === 'Evicted') return { fault: `was evicted from its node: ${said}`, passes: true };
  if (/^(OutOf|NodeAffinity|UnexpectedAdmissionError)/.test(reason))
    return { fault: `found no capacity on its node: ${said}`, passes: true };
  const disrupted = conditionOf(pod, 'DisruptionTarget');
  if (disrupted) return { fault: `lost its node: ${disrupted.message ?? disrupted.reason ?? said}`, passes: true };
  if (!terminated) return { fault: `lost its node: ${said || 'its container has no end'}`, passes: true };
  const { exitCode, reason: how = '', message: why = '' } = terminated;
  if (/^(StartError|ContainerCannotRun)$/.test(how))
    return { fault: `did not start: ${why}`, passes: false, type: noProgram.test(why) ? 'TaskMissing' : 'TaskRefused' };
  if (exitCode === 137) return { fault: 'was killed by SIGKILL', passes: true };
  return { code: exitCode };
}

/** why a task that has not begun is not waited for; undefined where it may still begin */
export function hopeless(job: Job, pod: Pod | undefined, events: Event[], now: number): TaskEnd | undefined {
  const hasWaited = now - Date.parse(job.metadata.creationTimestamp ?? '') > mostWait;
  if (!pod) {
    const why = events.findLast(({ reason }) => reason === 'FailedCreate')?.message;
    if (why === undefined) return undefined;
    if (/exceeded quota|timed? ?out|try again|connection refused/i.test(why))
      return hasWaited ? { fault: `found no capacity for ten minutes: ${why}`, passes: true } : undefined;
    return { fault: `did not start: ${why}`, passes: false, type: 'TaskRefused' };
  }
  const { reason = '', message = '' } = stateOf(pod).waiting ?? {};
  if (/^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|RegistryUnavailable)$/.test(reason))
    return notPulled(reason, message, events);
  if (reason === 'CreateContainerConfigError' && noConfig.test(message))
    return { fault: `did not start: ${message}`, passes: false, type: 'TaskRefused' };
  if (/^(CreateContainerError|RunContainerError)$/.test(reason))
    return { fault: `did not start: ${message}`, passes: !noProgram.test(message), type: 'TaskMissing' };
  const unscheduled = pod.status?.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled?.reason === 'Unschedulable' && hasWaited)
    return { fault: `found no capacity for ten minutes: ${unscheduled.message ?? 'no node fits'}`, passes: true };
  return undefined;
}

/** the kubelet goes on trying; another try of the step does too, and says so */
function notPulled(reason: string, message: string, events: Event[]): TaskEnd {
  // while it backs off only the event has the cause
  const cause = events.findLast((one) => one.reason === 'Failed' && /pull/i.test(one.message ?? ''))?.message;
  const said = message.length > 80 || cause === undefined ? message : cause;
  const isLasting = lasting.test(`${reason} ${said}`) || reason === 'ErrImageNeverPull';
  const what = isLasting ? 'its image is not there, or may not be pulled' : 'its image could not be pulled';
  return { fault: `did not start, ${what}: ${said}`, passes: !isLasting, type: 'TaskRefused' };
}

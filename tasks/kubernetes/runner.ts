import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectRef } from '../../model/plan.js';
import type { KubernetesSettings } from '../../model/task-settings.js';
import { ownName } from '../own-name.js';
import { resultIn } from '../result.js';
import type { TaskEnd, TaskRunner } from '../runner.js';
import { followLines, type FollowedLines } from '../timed-lines.js';
import { kubernetesApi, type KubernetesApi } from './api.js';
import { hopeless, jobEnd } from './end.js';
import { jobOf } from './job.js';
import { mainContainer, stateOf, type Event, type Job, type Pod } from './objects.js';
import type { KubernetesPlace } from './place.js';

interface Options {
  settings: KubernetesSettings;
  place: KubernetesPlace;
  /** an object as text; undefined where there is none */
  read(ref: ObjectRef): Promise<string | undefined>;
  /** variables of every task: where S3 is */
  given?: Record<string, string>;
  /** ms between two looks */
  lookEvery?: number;
}

interface Known {
  pod?: Pod | undefined;
  /** it is deleted for this, and has ended once it is gone */
  givenUp?: TaskEnd;
  isOver?: true;
  followed?: FollowedLines;
}

/** tasks as Jobs of Kubernetes: they outlive the worker that started them, and the next one finds them by their name */
export function kubernetesRunner({ settings, place, read, given = {}, lookEvery = 3_000 }: Options): TaskRunner {
  const api = kubernetesApi(place, settings.namespace);
  const all = new Map<string, Known>();

  const knownOf = (handle: string): Known => {
    const known = all.get(handle) ?? {};
    all.set(handle, known);
    return known;
  };

  return {
    outlives: true,
    handsOver: false,
    async start(order) {
      await api.createJob(order.name, jobOf(order, settings, given));
      return ownName(order);
    },
    async look(handle) {
      await sleep(lookEvery);
      const known = knownOf(handle);
      const job = await api.job(handle);
      if (!job) {
        known.isOver = true;
        delete known.pod;
        const fault = `ended, and how is not known: Kubernetes no longer has the Job ${handle}`;
        return { state: 'ended', end: known.givenUp ?? { fault, passes: true } };
      }
      const pod = await api.podOf(handle);
      if (pod) known.pod = pod;
      if (job.metadata.deletionTimestamp !== undefined) return { state: 'running' };
      const end = jobEnd(job, pod, memoryOf(job));
      if (end) {
        known.isOver = true;
        return { state: 'ended', end };
      }
      const { running, terminated } = stateOf(pod);
      if (running || terminated) return { state: 'running' };
      const given = hopeless(job, pod, await eventsOf(api, handle, pod), Date.now());
      if (given) {
        known.givenUp = given;
        await api.deleteJob(handle);
      }
      return { state: 'starting' };
    },
    stop: (handle) => api.deleteJob(handle),
    async logs(handle, from) {
      const known = knownOf(handle);
      const pod = (known.pod ??= known.isOver ? undefined : await api.podOf(handle));
      if (known.followed?.place() !== from) {
        known.followed?.close();
        delete known.followed;
      }
      const { running, terminated } = stateOf(pod);
      if (pod && (running || terminated))
        known.followed ??= followLines((since, signal) => api.log(pod.metadata.name, since, signal), from);
      if (!known.followed) return { lines: [], next: from };
      if (known.isOver) await known.followed.finish(pod !== undefined);
      else known.followed.follow();
      return known.followed.take();
    },
    result: resultIn(read),
    stdout() {
      throw new Error('a task of Kubernetes prints into its log');
    },
    async forget(handle) {
      all.get(handle)?.followed?.close();
      all.delete(handle);
    },
  };
}

function memoryOf({ spec }: Job): string {
  const main = spec?.template.spec.containers.find(({ name }) => name === mainContainer);
  return (main?.resources?.limits?.['memory'] ?? '').replace(/Mi$/, ' MiB');
}

/** only where they say what the objects do not */
async function eventsOf(api: KubernetesApi, job: string, pod: Pod | undefined): Promise<Event[]> {
  if (!pod) return api.events('Job', job);
  return stateOf(pod).waiting?.reason === 'ImagePullBackOff' ? api.events('Pod', pod.metadata.name) : [];
}

import { Agent, request } from 'undici';
import { TerminalError, TransientError } from '../../model/errors.js';
import type { Event, Job, Pod } from './objects.js';
import { mainContainer } from './objects.js';
import type { KubernetesPlace } from './place.js';

/** an answer that is not what was asked for, as Kubernetes says it */
class KubernetesError extends Error {
  readonly code: number;
  readonly reason: string;
  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

/** ms that an answer may take to begin */
const answerWithin = 30_000;

/** the few requests that Jobs take; a path is below the namespace */
export function kubernetesApi(place: KubernetesPlace, namespace: string) {
  const dispatcher = new Agent({ connect: place.tls ?? {}, headersTimeout: answerWithin, bodyTimeout: answerWithin });
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const core = `/api/v1/namespaces/${namespace}`;

  async function send(path: string, { method = 'GET', body, ...more }: Sent = {}) {
    const token = await place.token();
    const { statusCode, body: answer } = await request(`${place.server}${path}`, {
      dispatcher,
      method,
      headers: {
        accept: 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...more,
    });
    if (statusCode < 300) return answer;
    const text = await answer.text();
    const { reason = '', message = text.slice(0, 500) } = statusOf(text);
    throw new KubernetesError(statusCode, reason, message);
  }

  /** undefined where there is none */
  const read = async <T>(path: string): Promise<T | undefined> =>
    send(path).then(
      async (answer) => (await answer.json()) as T,
      (error: unknown) => {
        if (error instanceof KubernetesError && error.code === 404) return undefined;
        throw error;
      },
    );

  return {
    job: (name: string) => asked('Kubernetes does not show a Job', () => read<Job>(`${jobs}/${name}`)),

    /** false where there is one of this name */
    createJob: (what: string, job: object) =>
      asked(`Kubernetes does not start ${what}`, async () => {
        try {
          await (await send(`${jobs}?fieldValidation=Strict`, { method: 'POST', body: job })).dump();
          return true;
        } catch (error) {
          if (error instanceof KubernetesError && error.reason === 'AlreadyExists') return false;
          throw error;
        }
      }),

    /** its pods too, with their grace; the Job is there until they have ended */
    deleteJob: (name: string) =>
      asked('Kubernetes does not stop a Job', async () => {
        const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Foreground' };
        try {
          await (await send(`${jobs}/${name}`, { method: 'DELETE', body })).dump();
        } catch (error) {
          if (!(error instanceof KubernetesError && error.code === 404)) throw error;
        }
      }),

    /** the one pod that a Job makes */
    podOf: (job: string) =>
      asked('Kubernetes does not show pods', async () => {
        const selector = encodeURIComponent(`batch.kubernetes.io/job-name=${job}`);
        return (await read<{ items: Pod[] }>(`${core}/pods?labelSelector=${selector}`))?.items[0];
      }),

    /** what Kubernetes says of a Job or a pod, the newest last */
    events: (kind: 'Job' | 'Pod', name: string) =>
      asked('Kubernetes does not show events', async () => {
        const selector = encodeURIComponent(`involvedObject.kind=${kind},involvedObject.name=${name}`);
        return (await read<{ items: Event[] }>(`${core}/events?fieldSelector=${selector}`))?.items ?? [];
      }),

    /** lines with their times from a second on; with `signal` as they come, until the container ends */
    async log(pod: string, since: string | undefined, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
      const query = new URLSearchParams({
        container: mainContainer,
        timestamps: 'true',
        ...(signal && { follow: 'true' }),
        ...(since !== undefined && { sinceTime: since }),
      });
      const reading = send(`${core}/pods/${pod}/log?${query.toString()}`, signal ? { signal, bodyTimeout: 0 } : {});
      // one that has not begun, or is gone, has none
      return asked('Kubernetes does not show the lines of a task', () =>
        reading.catch((error: unknown) => {
          if (error instanceof KubernetesError && [400, 404].includes(error.code)) return nothing();
          throw error;
        }),
      );
    },
  };
}

interface Sent {
  method?: 'GET' | 'POST' | 'DELETE';
  body?: object;
  signal?: AbortSignal;
  bodyTimeout?: number;
}

export type KubernetesApi = ReturnType<typeof kubernetesApi>;

/** refusals that another request does not mend end the step; everything else may pass */
async function asked<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof KubernetesError)) throw new TransientError(`${what}: ${message}`, { cause: error });
    // a quota has room again once other tasks have ended
    const isLasting = [400, 403, 404, 422].includes(error.code) && !message.includes('exceeded quota');
    const said = `${what}: ${error.reason || error.code}: ${message}`;
    throw isLasting
      ? new TerminalError('TaskRefused', said, { cause: error })
      : new TransientError(said, { cause: error });
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function statusOf(text: string): { reason?: string; message?: string } {
  try {
    return JSON.parse(text) as { reason?: string; message?: string };
  } catch {
    return {};
  }
}

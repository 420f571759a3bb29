import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Condition, Event, Job } from '../../../tasks/kubernetes/objects.js';
import { unknownFields } from './fields.js';
import { kubelet, type FullPod, type PodSpec } from './kubelet.js';

interface FullJob extends Job {
  spec: { activeDeadlineSeconds?: number; template: { metadata: object; spec: PodSpec } };
}

/** what may go wrong with the next Job, where a test asks for it */
export type Fault = 'quota' | 'unschedulable' | 'evicted' | 'node lost' | 'lost answer' | 'cut' | 'forbidden pod';

class Refusal extends Error {
  readonly code: number;
  readonly reason: string;
  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

interface Options {
  images: Record<string, string>;
  environment: Record<string, string>;
  secrets: Record<string, string>;
  /** Jobs that the namespace may have at once */
  quota?: number;
}

const namespace = 'data';
const notFound = (kind: string, name: string) => new Refusal(404, 'NotFound', `${kind} "${name}" not found`);

/** Jobs, their pods, lines and events as the API server has them, over processes: strict in what it takes */
export async function kubernetesApiServer({ images, environment, secrets, quota = 100 }: Options) {
  const jobs = new Map<string, FullJob>();
  const pods = new Map<string, FullPod>();
  const events: (Event & { involvedObject: { kind: string; name: string } })[] = [];
  const asked: Fault[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const node = kubelet({
    images,
    environment,
    secret: (name, key) => secrets[`${name}/${key}`],
    onStatus(pod, status) {
      pod.status = { ...pod.status, ...status };
      const job = jobs.get(pod.metadata.labels?.['batch.kubernetes.io/job-name'] ?? '');
      if (!job || job.metadata.deletionTimestamp) return;
      if (status.phase === 'Succeeded') finish(job, { type: 'Complete', status: 'True' });
      if (status.phase === 'Failed') finish(job, failed('BackoffLimitExceeded', 'Job has reached the backoff limit'));
    },
  });
  const failed = (reason: string, message: string): Condition => ({ type: 'Failed', status: 'True', reason, message });
  const strikes = (fault: Fault) => asked.includes(fault) && asked.splice(asked.indexOf(fault), 1).length > 0;
  const finish = (job: FullJob, condition: Condition) => void (job.status ??= { conditions: [condition] });

  function create(job: FullJob): FullJob {
    const { name } = job.metadata;
    const unknown = unknownFields(job);
    if (unknown.length > 0) throw new Refusal(400, 'BadRequest', `strict decoding error: ${unknown.join(', ')}`);
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) || name.length > 63)
      throw new Refusal(422, 'Invalid', `Job.batch "${name}" is invalid: metadata.name: Invalid value`);
    for (const value of Object.values(job.metadata.labels ?? {}))
      if (!/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/.test(value) || value.length > 63)
        throw new Refusal(422, 'Invalid', `Job.batch "${name}" is invalid: metadata.labels: Invalid value: "${value}"`);
    if (jobs.has(name)) throw new Refusal(409, 'AlreadyExists', `jobs.batch "${name}" already exists`);
    if (jobs.size >= quota)
      throw new Refusal(
        403,
        'Forbidden',
        `jobs.batch "${name}" is forbidden: exceeded quota: tasks, limited: ${quota}`,
      );
    const made = {
      ...job,
      metadata: { ...job.metadata, uid: randomBytes(8).toString('hex'), creationTimestamp: at() },
    };
    jobs.set(name, made);
    begin(made);
    return made;
  }

  function begin(job: FullJob): void {
    const { name } = job.metadata;
    const { activeDeadlineSeconds: deadline, template } = job.spec;
    const refuse = (message: string) =>
      events.push({
        reason: 'FailedCreate',
        message: `Error creating: pods "${name}-" is forbidden: ${message}`,
        involvedObject: { kind: 'Job', name },
      });
    if (strikes('quota')) return void refuse('exceeded quota: tasks, requested: limits.memory=512Mi');
    if (strikes('forbidden pod')) return void refuse('violates PodSecurity "restricted:latest"');
    const metadata = {
      name: `${name}-${randomBytes(3).toString('hex').slice(0, 5)}`,
      creationTimestamp: at(),
      labels: { 'batch.kubernetes.io/job-name': name },
    };
    const pod: FullPod = { metadata, spec: template.spec, status: { phase: 'Pending' } };
    pods.set(metadata.name, pod);
    if (strikes('unschedulable')) {
      const message = '0/3 nodes are available: 3 Insufficient memory.';
      pod.status = {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
      };
      return;
    }
    void node.run(pod);
    const lost = (['evicted', 'node lost'] as const).find(strikes);
    if (lost) later(100, () => loseNode(job, pod, lost));
    if (deadline)
      later(deadline * 1_000, () =>
        end(job, pod, failed('DeadlineExceeded', 'Job was active longer than specified deadline')),
      );
  }

  function loseNode(job: FullJob, pod: FullPod, how: 'evicted' | 'node lost'): void {
    const evicted = { reason: 'Evicted', message: 'The node was low on resource: memory.' };
    const gone: Condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    };
    pod.status = { phase: 'Failed', ...(how === 'evicted' ? evicted : { conditions: [gone] }) };
    finish(job, failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit'));
    void node.stop(pod.metadata.name);
  }

  async function end(job: FullJob, pod: FullPod | undefined, condition?: Condition): Promise<void> {
    if (job.status) return;
    if (condition) job.status = { conditions: [{ ...condition, type: 'FailureTarget' }] };
    else job.metadata.deletionTimestamp = at();
    if (pod) await node.stop(pod.metadata.name);
    if (pod) pods.delete(pod.metadata.name);
    if (condition) job.status?.conditions?.push(condition);
    else jobs.delete(job.metadata.name);
  }

  const at = () => new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const later = (ms: number, work: () => unknown) => {
    const timer = setTimeout(() => (timers.delete(timer), void work()), ms);
    timers.add(timer);
  };
  const podOf = (job: string) =>
    [...pods.values()].find((one) => one.metadata.labels?.['batch.kubernetes.io/job-name'] === job);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    if (request.headers.authorization !== 'Bearer token') throw new Refusal(401, 'Unauthorized', 'Unauthorized');
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://kubernetes');
    const [, room, inNamespace, kind = '', name = '', below] =
      /^\/(api|apis\/batch)\/v1\/namespaces\/([^/]+)\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(pathname) ?? [];
    if (inNamespace !== namespace) throw notFound('namespaces', inNamespace ?? '');
    const what = `${request.method} ${room === 'api' ? '' : 'batch/'}${kind}${below ? `/${below}` : ''}`;
    if (what === 'POST batch/jobs') {
      const job = create((await bodyOf(request)) as FullJob);
      if (strikes('lost answer')) return void request.socket.destroy();
      return job;
    }
    const job = jobs.get(name);
    if (what === 'GET batch/jobs' || what === 'DELETE batch/jobs') {
      if (!job) throw notFound('jobs.batch', name);
      if (request.method === 'GET') return job;
      const { propagationPolicy } = (await bodyOf(request)) as { propagationPolicy?: string };
      if (propagationPolicy !== 'Foreground') throw new Refusal(400, 'BadRequest', 'pods would be left');
      delete job.status;
      void end(job, podOf(name));
      return job;
    }
    const [, label] = /^batch\.kubernetes\.io\/job-name=(.+)$/.exec(searchParams.get('labelSelector') ?? '') ?? [];
    if (what === 'GET pods') return { items: [podOf(label ?? '')].filter((pod) => pod !== undefined) };
    if (what === 'GET events')
      return {
        items: events.filter(
          ({ involvedObject: { kind, name } }) =>
            searchParams.get('fieldSelector') === `involvedObject.kind=${kind},involvedObject.name=${name}`,
        ),
      };
    if (what !== 'GET pods/log') throw new Refusal(403, 'Forbidden', `${what} is forbidden`);
    const pod = pods.get(name);
    if (!pod) throw notFound('pods', name);
    if (pod.status?.phase === 'Pending')
      throw new Refusal(400, 'BadRequest', `container "main" in pod "${name}" is waiting to start`);
    const since = searchParams.get('sinceTime') ?? '';
    for await (const line of node.log(name, { since, follow: searchParams.get('follow') === 'true' })) {
      response.write(line);
      if (strikes('cut')) return void request.socket.destroy();
    }
    return void response.end();
  }

  const server = createServer((request, response) => {
    answer(request, response).then(
      (object) => object !== undefined && response.end(JSON.stringify(object)),
      (error: unknown) => {
        const { code = 500, reason = 'InternalError', message } = error as Partial<Refusal>;
        response.writeHead(code).end(JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message }));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ask: (fault: Fault) => void asked.push(fault),
    jobs,
    started: () => node.started(),
    async close(): Promise<void> {
      timers.forEach(clearTimeout);
      await node.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString() || '{}');
}

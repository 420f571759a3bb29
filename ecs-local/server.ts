import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { batch } from './batch.js';
import type { Image } from './container.js';
import { invalid, ServiceError } from './errors.js';
import { faults, type Fault } from './faults.js';
import { logs } from './logs.js';
import type { RunTaskInput, TaskDefinition } from './shapes.js';
import { taskDefinitions } from './task-definitions.js';
import { tasks } from './tasks.js';

export interface EcsLocalOptions {
  /** 0 or absent: a free one */
  port?: number;
  region?: string;
  account?: string;
  /** `default` when absent */
  clusters?: string[];
  /** job queues of Batch, `default` when absent */
  queues?: string[];
  /** by the name that task definitions have, with or without its registry and tag; `*` is every other one */
  images?: Record<string, Image>;
  /** of every container: its PATH, where services are, and the credentials of its role */
  environment?: Record<string, string>;
  /** values of what `secrets` of task definitions name */
  secrets?: Record<string, string>;
  /** the one key that may sign requests; any when absent */
  accessKeyId?: string;
  /** ms in each state on the way to RUNNING, and to STOPPED */
  pace?: number;
}

export interface EcsLocal {
  url: string;
  /** the next that this can happen to has it */
  ask(fault: Fault, times?: number): void;
  /** tasks whose programs were ever started */
  started(): number;
  /** as RegisterTaskDefinition and CreateLogGroup */
  register(definition: Partial<TaskDefinition>): void;
  createLogGroup(name: string): void;
  close(): Promise<void>;
}

const contentType = 'application/x-amz-json-1.1';
const mostBytes = 8 * 1024 * 1024;
type Operations = Record<string, (input: never) => object>;

/** Amazon ECS and CloudWatch Logs at one address, as far as tasks go */
export async function startEcsLocal(options: EcsLocalOptions = {}): Promise<EcsLocal> {
  const { region = 'us-east-1', account = '000000000000', clusters = ['default'], pace = 50 } = options;
  const { images = {}, environment = {}, secrets = {}, accessKeyId } = options;
  const arn = (kind: string) => `arn:aws:ecs:${region}:${account}:${kind}`;
  const asked = faults();
  const written = logs();
  const definitions = taskDefinitions(arn);
  const place = { images, environment, secrets, logs: written };
  const running = tasks({ arn, clusters, definitions, place, faults: asked, pace });
  const taskDefinition = (found: TaskDefinition) => ({ taskDefinition: found, tags: [] });
  const jobs: Operations = batch({
    arn: (kind) => `arn:aws:batch:${region}:${account}:${kind}`,
    queues: options.queues ?? ['default'],
    cluster: clusters[0] ?? '',
    definitions,
    running,
  });
  const services: Record<string, Operations> = {
    AmazonEC2ContainerServiceV20141113: {
      RegisterTaskDefinition: (input: Partial<TaskDefinition>) => taskDefinition(definitions.register(input)),
      DescribeTaskDefinition: (input: { taskDefinition?: string }) =>
        taskDefinition(definitions.find(input.taskDefinition)),
      DeregisterTaskDefinition: (input: { taskDefinition?: string }) =>
        taskDefinition(definitions.deregister(input.taskDefinition)),
      ListTaskDefinitions: (input: { familyPrefix?: string }) => ({
        taskDefinitionArns: definitions.list(input.familyPrefix),
      }),
      RunTask: (input: RunTaskInput) => running.run(input),
      DescribeTasks: running.describe,
      StopTask: running.stop,
      ListTasks: running.list,
    },
    Logs_20140328: written.operations,
  };

  /** undefined: the answer is lost on purpose */
  async function answer(request: IncomingMessage): Promise<object | undefined> {
    const body = await readBody(request);
    const { authorization } = request.headers;
    if (!authorization) throw new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    const [, key] = /Credential=([^/]+)\//.exec(authorization) ?? [];
    if (accessKeyId !== undefined && key !== accessKeyId)
      throw new ServiceError('UnrecognizedClientException', 'The security token included in the request is invalid.');
    const [service = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    // Batch has a path for each operation
    const [, path = ''] = /^\/v1\/(\w+)$/.exec(request.url ?? '') ?? [];
    const known = jobs[path] ?? services[service]?.[operation];
    if (!known) throw new ServiceError('UnknownOperationException', `ecs-local does not know ${service}.${operation}`);
    if (asked.strikes('throttled')) throw new ServiceError('ThrottlingException', 'Rate exceeded');
    let input: unknown;
    try {
      input = JSON.parse(body || '{}');
    } catch {
      throw new ServiceError('SerializationException', 'the body is not JSON');
    }
    if (typeof input !== 'object' || input === null) throw invalid('the body is not an object');
    const result = known(input as never);
    return (operation === 'RunTask' || path === 'submitjob') && asked.strikes('lost answer') ? undefined : result;
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const result = await answer(request);
      if (result === undefined) return void request.socket.destroy();
      response.setHeader('content-type', contentType);
      response.end(JSON.stringify(result));
    } catch (error) {
      const { type, status, message, more } =
        error instanceof ServiceError ? error : new ServiceError('ServerException', String(error), { status: 500 });
      response.setHeader('content-type', contentType);
      response.setHeader('x-amzn-errortype', type);
      response.writeHead(status).end(JSON.stringify({ __type: type, message, ...more }));
    }
  }

  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ask: asked.ask,
    started: running.started,
    register: (definition) => void definitions.register(definition),
    createLogGroup: (logGroupName) => void written.createGroup({ logGroupName }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await running.close();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes)
      throw new ServiceError('RequestEntityTooLargeException', 'the request is too large', { status: 413 });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

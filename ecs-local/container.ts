import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logs } from './logs.js';
import { memoryOf } from './memory.js';
import { startProgram } from './program.js';
import type { Container, ContainerDefinition, ContainerOverride, KeyValue } from './shapes.js';

/** what stands in for an image: a folder that programs run in */
export interface Image {
  folder: string;
  entryPoint?: string[];
  command?: string[];
  environment?: Record<string, string>;
}

export interface ContainerPlace {
  images: Record<string, Image>;
  /** of every container: its PATH, where services are, and the credentials of its role */
  environment: Record<string, string>;
  /** values of the secrets that definitions name, by ARN or name */
  secrets: Record<string, string>;
  logs: Logs;
}

interface Containing {
  place: ContainerPlace;
  container: Container;
  definition: ContainerDefinition;
  override: ContainerOverride;
  taskId: string;
  /** MiB that it may hold */
  memory: number;
}

/** why a task did not begin: shown as its stoppedReason */
export class FailedToStart extends Error {}

const defaultGrace = 30;
const memoryEvery = 200;

/** starts what the container runs; throws FailedToStart */
export async function startContainer({ place, container, definition, override, taskId, memory }: Containing) {
  const image = imageOf(place.images, definition.image);
  const command = [
    ...(definition.entryPoint ?? image.entryPoint ?? []),
    ...(override.command ?? definition.command ?? image.command ?? []),
  ];
  if (command.length === 0)
    throw new FailedToStart('CannotStartContainerError: Error response from daemon: no command specified');
  const write = writerOf(place.logs, definition, taskId);
  const secrets = (definition.secrets ?? []).map(({ name, valueFrom }): KeyValue => {
    const value = place.secrets[valueFrom];
    if (value !== undefined) return { name, value };
    throw new FailedToStart(
      `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): secrets manager: failed to retrieve secret from ${valueFrom}: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
    );
  });
  const home = await mkdtemp(join(tmpdir(), 'ecs-local-'));
  const program = startProgram({
    command,
    cwd: definition.workingDirectory ?? image.folder,
    environment: {
      HOME: home,
      TMPDIR: home,
      ...place.environment,
      ...image.environment,
      ...valuesOf([...(definition.environment ?? []), ...secrets, ...(override.environment ?? [])]),
    },
    grace: (definition.stopTimeout ?? defaultGrace) * 1_000,
    onLine: write,
  });
  // as on Fargate: the task's id and ten digits
  if (program.group !== undefined) container.runtimeId = `${taskId}-${String(program.group).padStart(10, '0')}`;
  let isOver = false;
  const watch = setInterval(() => {
    if (program.group === undefined) return;
    void memoryOf(program.group).then((used) => {
      if (used === undefined || used <= memory || isOver) return;
      isOver = true;
      program.kill();
    });
  }, memoryEvery);
  const ended = program.ended.then(async (end) => {
    clearInterval(watch);
    await rm(home, { recursive: true, force: true });
    if ('missing' in end)
      throw new FailedToStart(
        `CannotStartContainerError: Error response from daemon: failed to create task for container: ${command[0]}: ${end.missing}`,
      );
    container.exitCode = end.exitCode;
    if (isOver) container.reason = 'OutOfMemoryError: Container killed due to memory usage';
  });
  return { ended, stop: program.stop, kill: program.kill };
}

/** `name`, `name:tag` or with a registry before it */
function imageOf(images: Record<string, Image>, name: string): Image {
  const short = name.slice(name.lastIndexOf('/') + 1);
  const found = images[name] ?? images[short] ?? images[short.split(':')[0] ?? ''] ?? images['*'];
  if (found) return found;
  throw new FailedToStart(
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${name}: ${name}: not found`,
  );
}

const valuesOf = (pairs: KeyValue[]): Record<string, string> =>
  Object.fromEntries(pairs.map(({ name, value }) => [name, value]));

/** where its lines go; a group that is not there stops the task before it begins */
function writerOf(logs: Logs, { name, logConfiguration }: ContainerDefinition, taskId: string): (text: string) => void {
  if (logConfiguration?.logDriver !== 'awslogs') return () => undefined;
  const { options = {} } = logConfiguration;
  const logGroupName = options['awslogs-group'] ?? '';
  const prefix = options['awslogs-stream-prefix'];
  const logStreamName = prefix === undefined ? taskId : `${prefix}/${name}/${taskId}`;
  if (!logs.groupOf(logGroupName)) {
    if (options['awslogs-create-group'] !== 'true')
      throw new FailedToStart(
        `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.`,
      );
    logs.createGroup({ logGroupName });
  }
  logs.createStream({ logGroupName, logStreamName });
  return (message) =>
    // an event has no empty message
    void (message && logs.put({ logGroupName, logStreamName, logEvents: [{ timestamp: Date.now(), message }] }));
}

import { execFile, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TerminalError, TransientError } from '../model/errors.js';
import type { ObjectRef } from '../model/plan.js';
import type { DockerSettings } from '../model/task-settings.js';
import { ownName } from './own-name.js';
import { resultIn, resultVariable } from './result.js';
import type { TaskEnd, TaskOrder, TaskRunner } from './runner.js';
import { followLines, type FollowedLines } from './timed-lines.js';

interface DockerPlace {
  settings: DockerSettings;
  /** the worker's, of which the command gets what it needs */
  environment: Record<string, string | undefined>;
  /** an object as text; undefined where there is none */
  read(ref: ObjectRef): Promise<string | undefined>;
  /** ms between two looks */
  lookEvery?: number;
}

/** of a container, as `docker inspect` shows it; `Memory`: bytes that it may take */
interface State {
  Memory: number;
  Status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  OOMKilled: boolean;
  ExitCode: number;
  Error: string;
}

interface Known {
  followed?: FollowedLines;
  stopFailed?: Error;
  isOver?: true;
}

/** what the command itself is set up by */
const own = /^(PATH|HOME|DOCKER_\w+|XDG_RUNTIME_DIR|SSH_AUTH_SOCK)$/;
const noImage = /not found|does not exist|manifest unknown|denied|unauthorized|invalid reference format/i;
const shown = '{"State":{{json .State}},"Memory":{{.HostConfig.Memory}}}';
const isGone = /no such (object|container)/i;

/** tasks as containers of the Docker engine that the command `docker` reaches; the next worker finds them by their name */
export function dockerRunner({ settings, environment, read, lookEvery = 1_000 }: DockerPlace): TaskRunner {
  const all = new Map<string, Known>();
  const commands = Object.fromEntries(Object.entries(environment).filter(([name]) => own.test(name)));

  const knownOf = (handle: string): Known => {
    const known = all.get(handle) ?? {};
    all.set(handle, known);
    return known;
  };

  /** what it prints; throws with what it says */
  async function docker(args: string[], variables: Record<string, string> = {}): Promise<string> {
    try {
      const env = { ...variables, ...commands };
      return (await promisify(execFile)('docker', args, { env, maxBuffer: 16 * 1024 * 1024 })).stdout;
    } catch (error) {
      const { code, stderr = '', message } = error as Error & { code: unknown; stderr?: string };
      if (code === 'ENOENT')
        throw new TerminalError('TaskRefused', 'a task has an image, and the command docker is not in PATH');
      const said = stderr.replace(/^docker: |Error response from daemon: |\n+Run 'docker.*$/gs, '').trim();
      throw new TransientError(`docker ${args[0]}: ${said || message}`, { cause: error });
    }
  }

  async function state(handle: string): Promise<State | undefined> {
    try {
      const said = await docker(['inspect', '--type', 'container', '--format', shown, handle]);
      const { State, Memory } = JSON.parse(said) as { State: Omit<State, 'Memory'>; Memory: number };
      return { ...State, Memory };
    } catch (error) {
      if (isGone.test((error as Error).message)) return undefined;
      throw error;
    }
  }

  const open = (handle: string) => (since: string | undefined, signal?: AbortSignal) => {
    const args = [
      'logs',
      '--timestamps',
      ...(signal ? ['--follow'] : []),
      ...(since ? ['--since', since] : []),
      handle,
    ];
    // both outputs by one pipe, which keeps their order
    const script = ['-c', 'exec docker "$@" 2>&1', 'sh', ...args];
    const child = spawn('/bin/sh', script, {
      env: commands,
      stdio: ['ignore', 'pipe', 'ignore'],
      ...(signal && { signal }),
    });
    child.on('error', () => undefined);
    return Promise.resolve(child.stdout as AsyncIterable<Uint8Array>);
  };

  return {
    outlives: true,
    handsOver: true,
    async start(order) {
      const handle = ownName(order);
      const { args, variables } = runOf(handle, order, settings);
      try {
        await docker(args, variables);
      } catch (error) {
        const { message } = error as Error;
        const found = await state(handle);
        // the worker before died while it was made; one that could not begin says so when it is looked at
        if (found?.Status === 'created' && !found.Error) await docker(['start', handle]);
        if (found) return handle;
        if (!noImage.test(message)) throw error;
        const said = `${order.name} did not start, its image is not there, or may not be pulled: ${message}`;
        throw new TerminalError('TaskRefused', said, { cause: error });
      }
      return handle;
    },
    async look(handle, within) {
      await sleep(Math.min(lookEvery, within));
      const known = knownOf(handle);
      if (known.stopFailed) throw known.stopFailed;
      const found = await state(handle);
      const end = found ? endOf(found) : { fault: `ended, and how is not known: ${handle} is gone`, passes: true };
      if (!end) return { state: found?.Status === 'created' ? 'starting' : 'running' };
      known.isOver = true;
      return { state: 'ended', end };
    },
    async stop(handle) {
      const known = knownOf(handle);
      // with the grace that it was started with; answered once it has ended, which `look` says too
      docker(['stop', handle]).catch((error: unknown) => {
        if (!isGone.test((error as Error).message)) known.stopFailed = error as Error;
      });
    },
    async logs(handle, from) {
      const known = knownOf(handle);
      if (known.followed?.place() !== from) {
        known.followed?.close();
        delete known.followed;
      }
      known.followed ??= followLines(open(handle), from);
      if (known.isOver) await known.followed.finish(true);
      else known.followed.follow();
      return known.followed.take();
    },
    result: resultIn(read),
    stdout() {
      throw new Error('a task of Docker prints into its log');
    },
    async forget(handle) {
      const known = all.get(handle);
      known?.followed?.close();
      all.delete(handle);
      // one that was left is another worker's
      if (known?.isOver) await docker(['rm', handle]).catch(() => undefined);
    },
  };
}

/** values reach the command by its environment: arguments are shown to everyone on the machine */
function runOf(handle: string, order: TaskOrder, { network }: DockerSettings) {
  const { container, command, environment } = order;
  if (!container?.image) throw new TerminalError('TaskRefused', `${order.name} has no image for Docker`);
  const variables = { ...environment, ...resultVariable(order) };
  const memory = `${container.memory}m`;
  const options = {
    name: handle,
    network,
    label: `waterclock.run=${environment['WATERCLOCK_RUN'] ?? ''}`,
    memory,
    // what is swapped out is memory too, as elsewhere
    'memory-swap': memory,
    'cpu-shares': String(container.cpu),
    'stop-timeout': String(Math.ceil(order.grace / 1_000)),
  };
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  const named = Object.entries(variables).flatMap(([name, value]) => [
    '--env',
    own.test(name) ? `${name}=${value}` : name,
  ]);
  const args = ['run', '--detach', ...given, ...named, container.image, ...command];
  return { args, variables };
}

function endOf({ Status, OOMKilled, ExitCode, Error: said, Memory }: State): TaskEnd | undefined {
  if (Status === 'created')
    return said === '' ? undefined : { fault: `did not start: ${said}`, passes: false, type: 'TaskMissing' };
  if (Status !== 'exited' && Status !== 'dead') return undefined;
  if (OOMKilled)
    return {
      fault: `took more memory than its ${Memory / 1024 ** 2} MiB: raise \`memory\` of the task`,
      passes: false,
    };
  if (ExitCode === 137) return { fault: 'was killed by SIGKILL', passes: true };
  return { code: ExitCode };
}

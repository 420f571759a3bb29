import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from './child-environment.js';
import { stateCredentials, type Credentials } from './credentials.js';
import { onFreePorts } from './other-ports.js';
import type { Ports } from './ports.js';
import { productEnvironment } from './product-environment.js';
import { ecs } from './services/ecs.js';
import { postgres } from './services/postgres.js';
import { redshiftData } from './services/redshift-data.js';
import { s3, upstreamS3 } from './services/s3.js';
import { temporal } from './services/temporal.js';
import { upstream } from './services/upstream.js';
import { worker } from './services/worker.js';
import type { Container } from './containers.js';
import { stackFile, type StateFile, writePrivate } from './state-file.js';
import { identify, type ProcessIdentity } from './supervisor/process-identity.js';
import type { Service } from './supervisor/service.js';
import { samplesOf } from 'waterclock/samples';
import { PortTaken } from './supervisor/port-taken.js';
import { StackFailure } from './supervisor/stack-failure.js';
import { supervise, type Supervised } from './supervisor/supervise.js';

export interface StackOptions {
  state: string;
  ports: Ports;
  /** for services that find theirs taken, the rest given; absent: then the stack does not start */
  chooseAgain?(ports: Partial<Ports>): Promise<Ports>;
  /** the user's environment */
  own: Record<string, string | undefined>;
  /** embedded upstreams over the samples or over a folder; absent: the public ones */
  upstream?: { data?: string };
  /** settings of the user's that the worker takes */
  settings?: Record<string, string>;
  /** folder of the project whose pipelines run */
  project: string;
  /** dynamic configuration of the Temporal server, as JSON by name */
  temporalSettings?: Record<string, string>;
  /** written beside `<state>/stack.json`, for those who look for the running stack */
  pointer?: string;
  onLine(line: string): void;
  onGivenUp(failure: StackFailure): void;
  /** what stops it, known before it is up */
  onStarting?(stop: (options: { now: boolean }) => Promise<void>): void;
}

export interface Stack {
  state: string;
  ports: Ports;
  credentials: Credentials;
  /** the product's settings, also written for `waterclock` */
  environment(): Record<string, string>;
  /** the whole environment of a process of the product */
  processEnvironment(): Record<string, string>;
  /** snapshot sources show this moment from now on */
  setSnapshotAt(at: string): void;
  /** the local ECS, for a project with tasks that have an image */
  startEcs(containers: Container[]): Promise<void>;
  startWorker(): Promise<void>;
  /** a new one, with the definitions as they are now; once it is ready the old one ends what it does, and goes */
  replaceWorker(): Promise<void>;
  /** the embedded upstream serves the samples as they are now; throws one sentence when they cannot be read */
  reloadSamples(): Promise<void>;
  /** the worker first, then the rest; again with `now`: at once */
  stop(options?: { now?: boolean }): Promise<void>;
}

/** a service that was started, also one that is not ready yet */
interface Started {
  service: Service;
  identity?: ProcessIdentity;
  handle?: Supervised;
}

export function startStack(options: StackOptions): Promise<Stack> {
  return onFreePorts(options.ports, options, (ports) => startOn({ ...options, ports }));
}

async function startOn(options: StackOptions): Promise<Stack> {
  const { state, ports } = options;
  mkdirSync(join(state, 'logs'), { recursive: true, mode: 0o700 });
  const credentials = stateCredentials(state);
  const environment = childEnvironment(options.own);
  const serviceOptions = { state, ports, credentials, environment };
  const supervisor = identify(process.pid) ?? { pid: process.pid, startedAt: '' };
  const started = new Set<Started>();
  let samples = options.upstream ? samplesOf(options.project) : [];
  let snapshotAt: string | undefined;
  let hasEcs = false;
  let isStopping = false;
  let isUp = false;
  let lose: ((failure: PortTaken) => void) | undefined;
  const lost = new Promise<never>((_, reject) => (lose = reject));
  lost.catch(() => undefined);

  const product = () =>
    productEnvironment({
      ports,
      credentials,
      ...(environment['NO_PROXY'] && { noProxy: environment['NO_PROXY'] }),
      project: options.project,
      hasEcs,
      ...(options.upstream && { upstream: { samples, ...(snapshotAt && { snapshotAt }) } }),
    });

  function record(): void {
    const file: StateFile = {
      supervisor,
      state,
      webUi: `http://127.0.0.1:${ports.ui}`,
      services: [...started].flatMap(({ service, identity }) =>
        identity ? [{ name: service.name, ...identity, ...(service.port && { port: service.port }) }] : [],
      ),
      ports,
      environment: product(),
    };
    writePrivate(stackFile(state), file);
    if (options.pointer) writePrivate(options.pointer, file);
  }

  // one that seemed ready may have been another program's answer
  const givenUp = (failure: StackFailure) =>
    !isUp && failure instanceof PortTaken ? lose?.(failure) : options.onGivenUp(failure);

  async function start(service: Service, onGivenUp = givenUp): Promise<void> {
    if (isStopping) throw new StackFailure('the stack is being stopped');
    const one: Started = { service };
    started.add(one);
    try {
      await supervise(service, join(state, 'logs', `${service.name}.log`), {
        onSpawn: (identity) => {
          if (identity) one.identity = identity;
          record();
        },
        onHandle: (handle) => (one.handle = handle),
        onLine: options.onLine,
        onGivenUp,
      });
    } catch (error) {
      if (!isStopping) started.delete(one);
      throw error;
    }
  }

  const workers = () => [...started].filter(({ service }) => service.name === 'worker');
  const ownWorker = () => worker({ ...environment, ...product(), ...options.settings });

  /** one that does not get ready leaves the old one at work */
  async function replaceWorker(): Promise<void> {
    const old = workers();
    let isReady = false;
    await start(ownWorker(), (failure) => (isReady ? givenUp(failure) : undefined));
    isReady = true;
    await Promise.all(old.flatMap(({ handle }) => handle?.stop() ?? []));
    for (const one of old) started.delete(one);
    record();
  }

  async function stop({ now = false } = {}): Promise<void> {
    isStopping = true;
    await Promise.all(workers().flatMap(({ handle }) => handle?.stop({ now }) ?? []));
    await Promise.all([...started].flatMap(({ handle }) => handle?.stop({ now }) ?? []));
    rmSync(stackFile(state), { force: true });
    if (options.pointer) rmSync(options.pointer, { force: true });
  }

  options.onStarting?.(stop);
  record();
  const warehouse = async () => {
    await start(await postgres(serviceOptions));
    await start(redshiftData(serviceOptions));
  };
  const parts = [
    start(temporal(serviceOptions, options.temporalSettings)),
    start(s3(serviceOptions)),
    warehouse(),
    ...(options.upstream
      ? [start(upstreamS3(serviceOptions)), start(upstream(serviceOptions, options.project, options.upstream.data))]
      : []),
  ];
  try {
    await Promise.race([Promise.all(parts), lost]);
    isUp = true;
  } catch (error) {
    await stop();
    await Promise.allSettled(parts);
    throw error;
  }

  return {
    state,
    ports,
    credentials,
    environment: product,
    processEnvironment: () => ({ ...environment, ...product() }),
    setSnapshotAt(at) {
      snapshotAt = at;
      record();
    },
    async startEcs(containers) {
      const { project, own } = options;
      await start(ecs({ port: ports.ecs, environment, product: product(), own, project, containers }));
      hasEcs = true;
      record();
    },
    startWorker: () => start(ownWorker()),
    replaceWorker,
    async reloadSamples() {
      if (!options.upstream) return;
      const response = await fetch(`http://127.0.0.1:${ports.upstream}/reload`);
      const said = await response.text();
      if (!response.ok) throw new Error(said.trim());
      samples = samplesOf(options.project);
    },
    stop,
  };
}

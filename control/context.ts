import type { ObjectStore } from '../lake/object-store.js';
import { readSettings, type OtherUser, type Settings } from '../model/settings.js';
import type { Pipeline } from '../define/pipeline.js';
import { dbtFolder, findProject, openProject, type ProjectPlace } from '../define/open-project.js';
import type { Project } from '../define/project.js';
import type { Warehouse } from '../warehouse/data-api.js';
import { stateFolderOf, type Environment } from './environment.js';
import { CommandFailure, exitCodes } from './failure.js';
import type { Temporal } from './temporal.js';
import type { Terminal } from './terminal.js';
import { userOf } from './user-of.js';

/** what commands work with, each made at its first use so that `--help` loads nothing */
export interface Context {
  terminal: Terminal;
  /** the environment itself says which deployment is meant */
  namesDeployment: boolean;
  /** where the project is that the command works on */
  projectPlace(): ProjectPlace;
  /** another than the one that this folder belongs to */
  useProject(folder: string): void;
  /** folder of the states of the project's embedded stacks */
  stateFolder(): string;
  /** the command ends what it started when a signal comes: nothing else is done about it */
  takeSignals(): void;
  isTakingSignals(): boolean;
  settings(): Settings;
  /** variables of the deployment, or of this process where none is reached */
  variables(): Environment;
  /** variables of the command itself, whatever deployment it works on */
  ownEnvironment: Environment;
  /** who works here, as the ledger keeps it */
  user(): string;
  project(): Promise<Project>;
  pipelines(): Promise<Pipeline[]>;
  /** how the project's models are built */
  dbt(): Promise<Settings['dbt']>;
  temporal(): Promise<Temporal>;
  /** as who loads, or as another user where the settings name one */
  warehouse(as?: OtherUser): Promise<Warehouse>;
  store(): Promise<ObjectStore>;
  /** what an interrupt says about work that goes on without the command */
  leaving(text?: string): string | undefined;
  close(): Promise<void>;
}

interface ContextOptions {
  /** whose project is worked on; the current folder when absent */
  folder?: string;
  /** variables of this process */
  own?: Environment;
  namesDeployment?: boolean;
}

export function createContext(
  terminal: Terminal,
  /** of the stack or deployment that commands in a folder are for */
  deployment: (folder: string) => Environment,
  { folder = '.', own = {}, namesDeployment = false }: ContextOptions = {},
): Context {
  const environment = once(() => deployment(projectFrom));
  const settings = once(() => {
    try {
      return readSettings(environment());
    } catch (error) {
      if (error instanceof CommandFailure) throw error;
      throw new CommandFailure(exitCodes.usage, (error as Error).message, { cause: error });
    }
  });
  const warehouses = new Map<OtherUser | undefined, Promise<Warehouse>>();
  const openWarehouse = async (as: OtherUser | undefined) => {
    const [{ dataApi }, { settingsOf }] = await Promise.all([
      import('../warehouse/data-api.js'),
      import('../warehouse/settings-of.js'),
    ]);
    return dataApi(settingsOf(settings().redshift, as));
  };
  const closers: (() => Promise<void>)[] = [];
  let leave: string | undefined;
  let projectFrom = folder;
  let isTakingSignals = false;
  const projectPlace = once(() => findProject(projectFrom));
  const project = once(() => openProject(projectPlace().config));
  return {
    terminal,
    namesDeployment,
    settings,
    variables() {
      try {
        return environment();
      } catch {
        return own;
      }
    },
    ownEnvironment: own,
    user: once(() => userOf(environment())),
    projectPlace,
    useProject: (other) => (projectFrom = other),
    stateFolder: () => stateFolderOf(projectPlace().folder),
    takeSignals: () => (isTakingSignals = true),
    isTakingSignals: () => isTakingSignals,
    project,
    pipelines: async () => (await project()).pipelines,
    dbt: async () => readSettings(environment(), dbtFolder(projectPlace(), await project())).dbt,
    temporal: once(async () => {
      const { connectTemporal } = await import('./temporal.js');
      const temporal = await connectTemporal(environment());
      closers.push(() => temporal.connection.close());
      return temporal;
    }),
    async warehouse(as) {
      const made = warehouses.get(as) ?? openWarehouse(as);
      warehouses.set(as, made);
      return made;
    },
    store: once(async () => {
      const { s3ForcePathStyle: forcePathStyle } = settings();
      return (await import('../lake/object-store.js')).s3Store({ forcePathStyle });
    }),
    leaving: (text) => (leave = text ?? leave),
    async close() {
      for (const closer of closers.splice(0)) await closer();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Pipeline } from '../../define/pipeline.js';
import type { ConnectorSource } from '../../model/connector.js';
import { TerminalError } from '../../model/errors.js';
import { connectorProgram, packageOf } from '../../sources/connectors/home.js';
import type { Context } from '../context.js';
import type { Environment } from '../environment.js';

export interface ListedConnector {
  pipeline: string;
  program: string;
  /** what `connectors install` installs for it; null: the program comes from elsewhere */
  package: string | null;
  /** path of the program here; null: it is missing */
  found: string | null;
  /** why it was not found */
  problem?: string;
}

export const connectorOf = ({ source }: Pick<Pipeline, 'source'>): ConnectorSource | undefined =>
  source.kind === 'custom' ? source.connector : undefined;

/** as the embedded worker has it: variables of `.env` beneath those of the environment */
export function connectorEnvironment(context: Pick<Context, 'projectPlace' | 'variables'>): Environment {
  const file = join(context.projectPlace().folder, '.env');
  const own = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  return { ...own, ...context.variables() };
}

/** the connectors of pipelines, and where their programs are on this machine */
export function listConnectors(
  pipelines: Pick<Pipeline, 'name' | 'source'>[],
  environment: Environment,
): Promise<ListedConnector[]> {
  const rows = pipelines.flatMap(({ name, source }) => {
    const connector = connectorOf({ source });
    return connector ? [{ name, connector }] : [];
  });
  return Promise.all(
    rows.map(async ({ name, connector }) => ({
      pipeline: name,
      program: connector.command,
      package: packageOf(connector) ?? null,
      ...(await whereIs(connector, environment)),
    })),
  );
}

async function whereIs(
  connector: ConnectorSource,
  environment: Environment,
): Promise<Pick<ListedConnector, 'found' | 'problem'>> {
  try {
    return { found: await connectorProgram(connector, environment) };
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return { found: null, problem: error.message };
  }
}

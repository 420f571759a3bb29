import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import type { ProjectPlace } from '../../define/open-project.js';
import { packageProblem, type ConnectorSource } from '../../model/connector.js';
import type { CustomLogger } from '../../model/custom-code.js';
import { redactor } from '../../model/redact.js';
import { connectorProgram, connectorsHome, manifestProgram, packageOf } from '../../sources/connectors/home.js';
import { discoverStreams, specificationOf, type Look } from '../../sources/connectors/look-at-connector.js';
import { dataOf, type Data } from '../../sources/connectors/loose-data.js';
import type { StreamDescription } from '../../sources/connectors/protocol.js';
import { findSecret } from '../../sources/secrets/find-secret.js';
import type { Environment } from '../environment.js';
import { refuse } from '../failure.js';
import { installPackage } from './install-package.js';
import { hidden } from './look.js';

export interface NewConnector {
  connector: ConnectorSource;
  /** a low-code one's file */
  manifest?: { path: string; file: string; text: string };
}

interface Asking {
  place: ProjectPlace;
  /** variables of the command, over those of `.env` */
  environment: Environment;
  signal: AbortSignal;
  say(text: string): void;
}

/** what `--from-connector` names: a manifest, `package==version`, or a program of PATH; a package is installed if need be */
export async function newConnector(from: string, asking: Asking): Promise<NewConnector> {
  const found = await named(from);
  const { connector } = found;
  const name = packageOf(connector);
  if (name === undefined) return found;
  try {
    await connectorProgram(connector, asking.environment);
  } catch {
    await installPackage(name, { ...asking, home: connectorsHome(asking.environment) });
  }
  return found;
}

async function named(from: string): Promise<NewConnector> {
  const common = { config: {}, streams: {} };
  if (/\.ya?ml$/i.test(from)) {
    const text = await readFile(from, 'utf8').catch((error: NodeJS.ErrnoException) =>
      refuse(`the manifest ${from} cannot be read (${error.code ?? error.message})`),
    );
    const connector: ConnectorSource = { language: 'airbyte', command: manifestProgram, ...common, manifest: 'new' };
    return { connector, manifest: { path: from, file: basename(from), text } };
  }
  const [, tap] = /(tap-[a-z0-9-]+)/i.exec(from.replaceAll('_', '-')) ?? [];
  const command = tap ?? from.replace(/(\[.*)?==.*$/, '').replace(/^airbyte-/, '');
  const language = tap === undefined ? 'airbyte' : 'singer';
  if (!from.includes('==')) {
    if (!/^(source|tap)-[\w-]+$/.test(from))
      refuse(
        `--from-connector is a manifest (stripe.yaml), a package (tap-github==1.10.0) or a program (source-faker), got '${from}'`,
      );
    return { connector: { language, command: from, ...common } };
  }
  const problem = packageProblem(from);
  if (problem) refuse(problem);
  return { connector: { language, command, package: from, ...common } };
}

/** the JSON Schema of its config; empty where it shows none */
export async function specificationFrom(found: NewConnector, asking: Asking): Promise<Data> {
  const { manifest } = found;
  if (!manifest) return (await specificationOf(lookWith(found, {}, asking).look)) ?? {};
  const spec = dataOf(dataOf(parse(manifest.text))['spec']);
  return dataOf(spec['connection_specification'] ?? (await specificationBeside(manifest.path)));
}

/** packages of older manifests have it in a file beside */
async function specificationBeside(manifest: string): Promise<unknown> {
  const text = await readFile(join(dirname(manifest), 'spec.yaml'), 'utf8').catch(() => '');
  return dataOf(parse(text))['connectionSpecification'];
}

/** its streams, asked with this config; a secret that is found nowhere is sent as a text that opens nothing */
export async function streamsFrom(
  found: NewConnector,
  config: Record<string, unknown>,
  asking: Asking,
): Promise<StreamDescription[]> {
  const { look, redact } = lookWith(found, config, asking);
  return discoverStreams(look).catch((error: unknown) => {
    throw hidden(error, redact);
  });
}

function lookWith({ connector, manifest }: NewConnector, config: Record<string, unknown>, asking: Asking) {
  const { environment, signal } = asking;
  const redact = redactor(environment);
  const envFile = join(asking.place.folder, '.env');
  const say = (text: string) => asking.say(redact(text));
  const logger: CustomLogger = { info: () => undefined, warn: say, error: say };
  const now = new Date().toISOString();
  const look: Look = {
    connector: { ...connector, config },
    manifest: manifest?.text,
    input: {
      interval: { start: now, end: now },
      params: {},
      secret(name) {
        const secret = findSecret(name, { environment, envFile });
        if (secret === undefined || !('value' in secret)) return 'to-be-set';
        redact.add(secret.value);
        return secret.value;
      },
      signal,
      resume: undefined,
      state: undefined,
      address: undefined,
      logger,
    },
    host: { environment },
  };
  return { look, redact };
}

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { packageProblem, type ConnectorSource, type StreamOptions, type Streams } from '../model/connector.js';
import type { DeclaredCustomSource } from '../model/custom-code.js';
import { secretNames } from '../model/http-source.js';
import { TerminalError } from '../model/errors.js';
import { textsIn } from '../model/map-texts.js';
import { timeProblems } from '../model/times.js';
import { keepsState } from './connectors/kept-streams.js';
import { manifestProgram } from './connectors/home.js';
import { connectorReader } from './connectors/connector-reader.js';
import { protocols } from './connectors/protocols.js';
import { custom } from './declare-custom.js';

interface ConnectorOptions {
  /**
   * the streams to read: each whole, or with `{ sync: 'incremental' }` what is new since the interval before; `cursor` is
   * the field by which records are new, where the connector leaves it open
   */
  streams: string[] | Record<string, Partial<StreamOptions>>;
  /** the connector's own configuration; its texts may have times as `{start}` and `{params.x}`, and a value may be `secret('NAME')` */
  config?: Record<string, unknown>;
  /** the streams show what there is now, and have no past. True when absent, unless the config has times or a stream is incremental */
  snapshot?: boolean;
  /** how long the connector may be silent; ten minutes when absent */
  silence?: string;
  /** the Python package that has the program, with its version, as `tap-github==1.10.0`: `waterclock connectors install` installs it */
  package?: string;
}

/** a low-code connector by its manifest, run by `source-declarative-manifest` of the Python package `airbyte-cdk` */
interface ManifestOptions extends ConnectorOptions {
  /** `new URL('./stripe.yaml', import.meta.url)` */
  manifest: URL;
}

interface CommandOptions extends ConnectorOptions {
  /** the program, as `source-faker`; that of the package when absent: `source-faker` of `airbyte-source-faker` */
  command: string;
}

interface PackageOptions extends ConnectorOptions {
  package: string;
}

interface TapOptions extends ConnectorOptions {
  /** the program of the tap's package, as `tap-github` */
  tap: string;
}

/** a connector of Airbyte as a process, without an Airbyte server; entities take its records by `when: { $stream: <name> }` */
export function airbyte(options: ManifestOptions | CommandOptions | PackageOptions): DeclaredCustomSource {
  const { manifest, command, package: name } = options as Partial<ManifestOptions & CommandOptions>;
  if (manifest) return connector('airbyte', manifestProgram, options, readManifest(manifest));
  if (command === undefined && name === undefined)
    throw new TerminalError('InvalidDefinition', 'airbyte needs a manifest, a package or a command');
  return connector('airbyte', command ?? programOf(name ?? ''), options);
}

/** a Singer tap as a process; entities take its records by `when: { $stream: <name> }` */
export function singer({ tap, ...options }: TapOptions): DeclaredCustomSource {
  return connector('singer', tap, options);
}

/** `airbyte-source-faker==6.2.0` -> `source-faker` */
const programOf = (name: string) => name.replace(/(\[.*)?==.*$/, '').replace(/^airbyte-/, '');

function readManifest(file: URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TerminalError('InvalidDefinition', `the manifest ${fileURLToPath(file)} cannot be read (${code})`, {
      cause,
    });
  }
}

function connector(
  language: ConnectorSource['language'],
  command: string,
  { streams: wanted, config = {}, snapshot, silence, package: name }: ConnectorOptions,
  manifest?: string,
): DeclaredCustomSource {
  const names = Array.isArray(wanted) ? wanted.map((name) => [name, {}] as const) : Object.entries(wanted);
  const streams: Streams = Object.fromEntries(names.map(([name, one]) => [name, { sync: 'full_refresh', ...one }]));
  const hasTimes = textsIn(config).some((text) => /\{(start|end)[:}]/.test(text));
  const state = keepsState(streams);
  const unnamed = name === undefined ? undefined : packageProblem(name);
  const problems = textsIn(config).flatMap((text) => timeProblems(text, `config of ${command}`));
  if (unnamed) problems.push(unnamed);
  if (problems.length > 0) throw new TerminalError('InvalidDefinition', problems.join('; '));
  const planned: ConnectorSource = {
    language,
    command,
    ...(name !== undefined && { package: name }),
    config,
    streams,
    ...(manifest !== undefined && { manifest: hashOf(manifest) }),
  };
  const source = custom(connectorReader(planned, manifest), {
    records: { form: 'ndjson', at: protocols[language].at },
    snapshot: snapshot ?? (!state && !hasTimes),
    secrets: secretNames(config),
    streams: Object.keys(streams),
    state,
    ...(silence !== undefined && { silence }),
  });
  return { ...source, connector: planned, ...(manifest !== undefined && { manifest }) };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

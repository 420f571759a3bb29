import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import type { DeclaredCustomSource } from '../model/custom-code.js';
import { secretNames } from '../model/http-source.js';
import { TerminalError } from '../model/errors.js';
import { textsIn } from '../model/map-texts.js';
import { timeProblems } from '../model/times.js';
import { airbyteProtocol } from './connectors/airbyte.js';
import { keepsState } from './connectors/kept-streams.js';
import type { Protocol, StreamOptions, Streams } from './connectors/protocol.js';
import { readConnector } from './connectors/read-connector.js';
import { singerProtocol } from './connectors/singer.js';
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
}

/** a low-code connector by its manifest, run by `source-declarative-manifest` of the Python package `airbyte-cdk` */
interface ManifestOptions extends ConnectorOptions {
  /** `new URL('./stripe.yaml', import.meta.url)` */
  manifest: URL;
}

interface CommandOptions extends ConnectorOptions {
  /** the program of a connector's package, as `source-faker` */
  command: string;
}

interface TapOptions extends ConnectorOptions {
  /** the program of the tap's package, as `tap-github` */
  tap: string;
}

/** of older manifests, whose packages have theirs in a file beside */
const openSpec = { type: 'Spec', connection_specification: { type: 'object', additionalProperties: true } };

/** a connector of Airbyte as a process, without an Airbyte server; entities take its records by `when: { $stream: <name> }` */
export function airbyte(options: ManifestOptions | CommandOptions): DeclaredCustomSource {
  const { manifest } = options as Partial<ManifestOptions>;
  if (!manifest) return connector(airbyteProtocol, (options as CommandOptions).command, options);
  const more = async () => {
    const declared = parse(await readFile(manifest, 'utf8')) as object;
    return { __injected_declarative_manifest: { spec: openSpec, ...declared } };
  };
  return connector(airbyteProtocol, 'source-declarative-manifest', options, more);
}

/** a Singer tap as a process; entities take its records by `when: { $stream: <name> }` */
export function singer({ tap, ...options }: TapOptions): DeclaredCustomSource {
  return connector(singerProtocol, tap, options);
}

function connector(
  protocol: Protocol,
  command: string,
  { streams: wanted, config = {}, snapshot, silence }: ConnectorOptions,
  more?: () => Promise<Record<string, unknown>>,
): DeclaredCustomSource {
  const names = Array.isArray(wanted) ? wanted.map((name) => [name, {}] as const) : Object.entries(wanted);
  const streams: Streams = Object.fromEntries(names.map(([name, one]) => [name, { sync: 'full_refresh', ...one }]));
  const hasTimes = textsIn(config).some((text) => /\{(start|end)[:}]/.test(text));
  const state = keepsState(streams);
  const problems = textsIn(config).flatMap((text) => timeProblems(text, `config of ${command}`));
  if (problems.length > 0) throw new TerminalError('InvalidDefinition', problems.join('; '));
  const read = { protocol, command, config, streams, ...(more && { more }) };
  return custom((input, host) => readConnector(read, input, host), {
    records: { form: 'ndjson', at: protocol.at },
    snapshot: snapshot ?? (!state && !hasTimes),
    secrets: secretNames(config),
    streams: Object.keys(streams),
    state,
    ...(silence !== undefined && { silence }),
  });
}

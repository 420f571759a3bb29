import { readFile } from 'node:fs/promises';
import { newConnector, specificationFrom, streamsFrom } from '../control/connectors/new-connector.js';
import { interruptible } from '../control/connectors/interruptible.js';
import { connectorEnvironment } from '../control/connectors/list-connectors.js';
import type { Context } from '../control/context.js';
import { CommandFailure, exitCodes, refuse } from '../control/failure.js';
import { draftConfig, secretPlaces } from '../infer/draft-config.js';
import { draftStreams } from '../infer/draft-streams.js';
import { quoted } from '../infer/render-fields.js';
import { renderConnector } from '../infer/render-connector.js';
import { isSecret } from '../model/http-source.js';
import { refuseName, templated, writePipeline, type Scaffold } from './scaffold.js';

interface ConnectorOptions {
  /** a manifest, `package==version`, or a program */
  from: string;
  /** JSON file of the connector's config; a secret is `{ "secret": "NAME" }` */
  config?: string;
  /** those to read; all when absent */
  streams?: string[];
  dryRun: boolean;
}

export interface ScaffoldConnector extends Scaffold {
  entities: { name: string; stream: string; sync: string; mode: string; key: string[]; columns: number }[];
  /** fields of its config that are to be set */
  open: string[];
}

const day = 86_400_000;

/** writes a pipeline from what a connector says of itself; refuses before anything is written */
export function scaffoldConnector(
  context: Context,
  name: string,
  options: ConnectorOptions,
): Promise<ScaffoldConnector> {
  refuseName(name);
  const { from, dryRun } = options;
  const place = context.projectPlace();
  return interruptible(context, async (signal) => {
    const environment = connectorEnvironment({ projectPlace: () => place, variables: () => context.ownEnvironment });
    const asking = { place, environment, signal, say: (text: string) => context.terminal.say(text) };
    const found = await newConnector(from, asking);
    const { connector, manifest } = found;
    const specification = await specificationFrom(found, asking);
    const drafted = draftConfig(name, specification);
    const given =
      options.config === undefined ? undefined : await readConfig(options.config, secretPlaces(specification));
    const config = { ...drafted.config, ...given };
    const open = drafted.open.filter((one) => !Object.hasOwn(given ?? {}, /^[^.:]*/.exec(one)?.[0] ?? ''));
    const all = await streamsFrom(found, config, asking).catch((error: unknown) => {
      throw open.length > 0 && error instanceof Error ? withOpen(error, open) : error;
    });
    const unknown = options.streams?.filter((wanted) => !all.some((stream) => stream.name === wanted)) ?? [];
    if (unknown.length > 0)
      refuse(`${from} has no stream ${unknown.join(', ')}; it has ${all.map((stream) => stream.name).join(', ')}`);
    const streams = draftStreams(all.filter((stream) => options.streams?.includes(stream.name) ?? true));
    if (streams.length === 0) refuse(`${from} listed no streams`);
    const { language } = connector;
    const shown = manifest?.file ?? from;
    const start = new Date(Math.floor(Date.now() / day - 1) * day).toISOString().replace('.000', '');
    const named = manifest
      ? [`manifest: new URL(${quoted(`./${manifest.file}`)}, import.meta.url)`]
      : namesOf(connector);
    const contents = {
      [`pipelines/${name}/definition.ts`]: renderConnector({
        name,
        from: shown,
        language,
        named,
        config,
        open,
        streams,
        start,
      }),
      [`pipelines/${name}/README.md`]: await templated('connector.README.md', { name, from: shown }),
      ...(manifest && { [`pipelines/${name}/${manifest.file}`]: manifest.text }),
    };
    const { files } = await writePipeline(place, name, contents, dryRun);
    const next = [
      'npx waterclock pipelines --check',
      'npx waterclock connectors install',
      `npx waterclock connectors check ${name}`,
      `npx waterclock run ${name} --wait`,
    ];
    return { files, next, entities: streams.map(summaryOf), open };
  });
}

function withOpen(error: Error, open: string[]): CommandFailure {
  const text = `${error.message}. Its config is not set: write ${open.join('; ')} into a JSON file, and give it by --config`;
  return new CommandFailure(exitCodes.failed, text, { cause: error });
}

function namesOf({ language, command, package: name }: { language: string; command: string; package?: string }) {
  const versioned = name === undefined ? [] : [`package: ${quoted(name)}`];
  if (language === 'singer') return [`tap: ${quoted(command)}`, ...versioned];
  return versioned.length > 0 ? versioned : [`command: ${quoted(command)}`];
}

function summaryOf({ stream, sync, entity }: ReturnType<typeof draftStreams>[number]) {
  const { name, mode = 'append', key, fields } = entity;
  return { name, stream, sync, mode, key, columns: fields.length };
}

/** a definition is read by many: what the connector calls secret must be a name there */
async function readConfig(file: string, secrets: Set<string>): Promise<Record<string, unknown>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    refuse(`--config ${file} cannot be read (${error.code ?? error.message})`),
  );
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    refuse(`--config ${file} is not JSON`);
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    refuse(`--config ${file} is not an object`);
  const walk = (value: unknown, path: string[]): string[] => {
    if (isSecret(value)) return [];
    if (secrets.has(path.join('.'))) return [path.join('.')];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, one]) => walk(one, [...path, name]));
  };
  const bare = walk(config, []);
  if (bare.length > 0)
    refuse(`--config ${file} has the value of ${bare.join(', ')}, which is a secret: write { "secret": "NAME" } there`);
  return config as Record<string, unknown>;
}

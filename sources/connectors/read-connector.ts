import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerminalError, TransientError } from '../../model/errors.js';
import type { CustomHost, CustomInput, CustomItem } from '../../model/custom-code.js';
import { childEnvironment } from '../../tasks/child-environment.js';
import { findProgram } from '../../tasks/find-program.js';
import { filledConfig } from './filled-config.js';
import { keptStreams, type Progress } from './kept-streams.js';
import { dataOf, isData } from './loose-data.js';
import { linesOf } from './program.js';
import type { Message, Protocol, Streams } from './protocol.js';

export interface Connector {
  protocol: Protocol;
  /** name or path of its program */
  command: string;
  /** plain data with times, params and secrets */
  config: Record<string, unknown>;
  /** what its config has beside, known when it is read */
  more?: () => Promise<Record<string, unknown>>;
  streams: Streams;
}

type Failure = Message & { says: 'failure' };

const isFailure = (message: Message): message is Failure => message.says === 'failure';

/** runs a connector for one interval, from where an earlier attempt came to */
export async function* readConnector(
  connector: Connector,
  input: CustomInput,
  { environment }: CustomHost,
): AsyncGenerator<CustomItem> {
  const { protocol } = connector;
  const { whole = [], objects = 0 } = (input.resume ?? {}) as Partial<Progress>;
  const streams = without(connector.streams, whole);
  if (Object.keys(streams).length === 0) return;
  const folder = await mkdtemp(join(tmpdir(), 'waterclock-connector-'));
  const write = async (name: string, value: unknown) => {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(value), { mode: 0o600 });
    return file;
  };
  const run = async (args: string[]) =>
    linesOf({
      command: await findProgram(connector.command, environment),
      args,
      cwd: folder,
      environment: { ...childEnvironment(environment, folder), AIRBYTE_LOG_LEVEL: 'INFO' },
      signal: input.signal,
      line: (text) => void (text.trim() && input.logger.info(text)),
    });

  /** what it writes, to its end; throws what it said of its failure, else how it ended */
  async function* messages(args: string[]): AsyncGenerator<{ line: Buffer; message: Message }> {
    const failures: Failure[] = [];
    try {
      for await (const line of await run(args)) {
        const message = readLine(protocol, line.toString());
        if (message.says === 'log') input.logger[message.level](message.text);
        else if (isFailure(message)) failures.push(message);
        else yield { line, message };
      }
    } catch (error) {
      throw failureOf(connector.command, failures) ?? error;
    }
    const failure = failureOf(connector.command, failures);
    if (failure) throw failure;
  }

  try {
    const config = await write('config.json', {
      ...filledConfig(connector.config, input),
      ...(await connector.more?.()),
    });
    const listed = await run(protocol.discover({ config }));
    const catalog = await write('catalog.json', await catalogOf({ ...connector, streams }, listed));
    const state = input.state ?? {};
    const begin = protocol.stateFile(state, streams);
    const hasState = Object.keys(begin).length > 0;
    const files = { config, catalog, ...(hasState && { state: await write('state.json', begin) }) };
    const kept = keptStreams(folder, connector.streams, { objects, whole }, state);
    for await (const { line, message } of messages(protocol.sync(files))) {
      if (message.says === 'record') {
        if (!Object.hasOwn(streams, message.stream)) throw unasked(connector.command, message.stream);
        await kept.add(message.stream, line);
      } else if (message.says === 'state') yield* kept.atState(message.state, message.stream);
    }
    yield* kept.atEnd();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const without = (streams: Streams, names: string[]): Streams =>
  Object.fromEntries(Object.entries(streams).filter(([name]) => !names.includes(name)));

/** with the wanted streams chosen; taps write it over many lines */
async function catalogOf({ protocol, command, streams }: Connector, lines: AsyncIterable<Buffer>): Promise<unknown> {
  const text: string[] = [];
  const said = () => [...text, text.join('')].map((line) => readLine(protocol, line));
  const failure = () => failureOf(command, said().filter(isFailure));
  try {
    for await (const line of lines) text.push(line.toString());
  } catch (error) {
    throw failure() ?? error;
  }
  const listed = said().find((one) => one.says === 'catalog');
  if (!listed) throw failure() ?? new TransientError(`${command} listed no streams`);
  const all = dataOf(listed.catalog)['streams'];
  const found = new Map((Array.isArray(all) ? all : []).filter(isData).map((one) => [protocol.nameOf(one), one]));
  const missing = Object.keys(streams).filter((name) => !found.has(name));
  if (missing.length > 0) {
    const known = [...found.keys()].join(', ') || 'none';
    throw new TerminalError('InvalidDefinition', `${command} has no stream ${missing.join(', ')}; it has ${known}`);
  }
  const chosen = [...found].flatMap(([name, one]) => (streams[name] ? [protocol.choose(one, streams[name])] : []));
  return { streams: chosen };
}

function readLine(protocol: Protocol, line: string): Message {
  try {
    return protocol.read(dataOf(JSON.parse(line)));
  } catch {
    // what a library prints
    return line.trim() ? { says: 'log', level: 'info', text: line.trim() } : { says: 'nothing' };
  }
}

function failureOf(command: string, failures: Failure[]): Error | undefined {
  const worst = failures.find(({ isLasting }) => isLasting) ?? failures[0];
  if (!worst) return undefined;
  const message = `${command}: ${worst.text}`;
  return worst.isLasting ? new TerminalError('ConnectorFailed', message) : new TransientError(message);
}

function unasked(command: string, stream: string): Error {
  return new TerminalError(
    'InvalidDefinition',
    `${command} gave records of the stream '${stream}', which its source does not name: add it to \`streams\``,
  );
}

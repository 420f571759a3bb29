import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ConnectorSource } from '../../model/connector.js';
import type { CustomHost, CustomInput } from '../../model/custom-code.js';
import { childEnvironment } from '../../tasks/child-environment.js';
import { filledConfig } from './filled-config.js';
import { connectorProgram } from './home.js';
import { failureOf, isFailure, readLine, type Failure } from './messages.js';
import { linesOf } from './program.js';
import type { Message, Protocol } from './protocol.js';
import { protocols } from './protocols.js';

/** a connector's program with its config, in a folder that is removed with it */
export interface OpenConnector {
  protocol: Protocol;
  command: string;
  folder: string;
  /** path of the config */
  config: string;
  /** path of a file that has this value */
  write(name: string, value: unknown): Promise<string>;
  /** lines of stdout */
  lines(args: string[]): AsyncGenerator<Buffer>;
  /** what it says, to its end, its logs in the log; throws what it said of its failure, else how it ended */
  messages(args: string[]): AsyncGenerator<{ line: Buffer; message: Message }>;
  close(): Promise<void>;
}

/** of older manifests, whose packages have theirs in a file beside */
const openSpec = { type: 'Spec', connection_specification: { type: 'object', additionalProperties: true } };

/** `manifest`: the text of a low-code one */
export async function openConnector(
  connector: ConnectorSource,
  manifest: string | undefined,
  input: CustomInput,
  { environment }: CustomHost,
): Promise<OpenConnector> {
  const { command } = connector;
  const protocol = protocols[connector.language];
  const program = await connectorProgram(connector, environment);
  const config = { ...filledConfig(connector.config, input), ...declared(manifest) };
  const folder = await mkdtemp(join(tmpdir(), 'waterclock-connector-'));

  async function write(name: string, value: unknown): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, JSON.stringify(value), { mode: 0o600 });
    return file;
  }

  const lines = (args: string[]) =>
    linesOf({
      command: program,
      args,
      cwd: folder,
      environment: { ...childEnvironment(environment, folder), AIRBYTE_LOG_LEVEL: 'INFO' },
      signal: input.signal,
      line: (text) => void (text.trim() && input.logger.info(text)),
    });

  async function* messages(args: string[]): ReturnType<OpenConnector['messages']> {
    const failures: Failure[] = [];
    try {
      for await (const line of lines(args)) {
        const message = readLine(protocol, line.toString());
        if (message.says === 'log') input.logger[message.level](message.text);
        else if (isFailure(message)) failures.push(message);
        else yield { line, message };
      }
    } catch (error) {
      throw failureOf(command, failures) ?? error;
    }
    const failure = failureOf(command, failures);
    if (failure) throw failure;
  }

  const close = () => rm(folder, { recursive: true, force: true });
  try {
    return { protocol, command, folder, config: await write('config.json', config), write, lines, messages, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function declared(manifest: string | undefined): object {
  if (manifest === undefined) return {};
  return { __injected_declarative_manifest: { spec: openSpec, ...(parse(manifest) as object) } };
}

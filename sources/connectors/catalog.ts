import type { Streams } from '../../model/connector.js';
import { TerminalError, TransientError } from '../../model/errors.js';
import { type Data, dataOf, isData, listOf } from './loose-data.js';
import { failureOf, isFailure, readLine } from './messages.js';
import type { OpenConnector } from './open-connector.js';

/** the streams that a connector has, by name; taps write them over many lines */
export async function listStreams({
  protocol,
  command,
  config,
  lines,
}: Pick<OpenConnector, 'protocol' | 'command' | 'config' | 'lines'>): Promise<Map<string, Data>> {
  const text: string[] = [];
  const said = () => [...text, text.join('')].map((line) => readLine(protocol, line));
  const failure = () => failureOf(command, said().filter(isFailure));
  try {
    for await (const line of lines(protocol.discover({ config }))) text.push(line.toString());
  } catch (error) {
    throw failure() ?? error;
  }
  const listed = said().find((one) => one.says === 'catalog');
  if (!listed) throw failure() ?? new TransientError(`${command} listed no streams`);
  const streams = listOf(dataOf(listed.catalog)['streams']).filter(isData);
  return new Map(streams.map((one) => [protocol.nameOf(one), one]));
}

/** the catalog that a connector reads by: of what it has, the streams that are wanted */
export function chosenCatalog(
  { protocol, command }: Pick<OpenConnector, 'protocol' | 'command'>,
  found: Map<string, Data>,
  streams: Streams,
): object {
  const missing = Object.keys(streams).filter((name) => !found.has(name));
  if (missing.length > 0) {
    const known = [...found.keys()].join(', ') || 'none';
    throw new TerminalError('InvalidDefinition', `${command} has no stream ${missing.join(', ')}; it has ${known}`);
  }
  const chosen = [...found].flatMap(([name, one]) => (streams[name] ? [protocol.choose(one, streams[name])] : []));
  return { streams: chosen };
}

import type { ConnectorSource, Streams } from '../../model/connector.js';
import type { CustomHost, CustomInput, CustomItem } from '../../model/custom-code.js';
import { TerminalError } from '../../model/errors.js';
import { chosenCatalog, listStreams } from './catalog.js';
import { keptStreams, type Progress } from './kept-streams.js';
import { openConnector } from './open-connector.js';

/** runs a connector for one interval, from where an earlier attempt came to; `manifest`: the text of a low-code one */
export async function* readConnector(
  connector: ConnectorSource,
  manifest: string | undefined,
  input: CustomInput,
  host: CustomHost,
): AsyncGenerator<CustomItem> {
  const { whole = [], objects = 0 } = (input.resume ?? {}) as Partial<Progress>;
  const streams = without(connector.streams, whole);
  if (Object.keys(streams).length === 0) return;
  const open = await openConnector(connector, manifest, input, host);
  const { protocol, config, write } = open;
  try {
    const catalog = await write('catalog.json', chosenCatalog(open, await listStreams(open), streams));
    const state = input.state ?? {};
    const begin = protocol.stateFile(state, streams);
    const hasState = Object.keys(begin).length > 0;
    const files = { config, catalog, ...(hasState && { state: await write('state.json', begin) }) };
    const kept = keptStreams(open.folder, connector.streams, { objects, whole }, state);
    for await (const { line, message } of open.messages(protocol.sync(files))) {
      if (message.says === 'record') {
        if (!Object.hasOwn(streams, message.stream)) throw unasked(connector.command, message.stream);
        await kept.add(message.stream, line);
      } else if (message.says === 'state') yield* kept.atState(message.state, message.stream);
    }
    yield* kept.atEnd();
  } finally {
    await open.close();
  }
}

const without = (streams: Streams, names: string[]): Streams =>
  Object.fromEntries(Object.entries(streams).filter(([name]) => !names.includes(name)));

function unasked(command: string, stream: string): Error {
  return new TerminalError(
    'InvalidDefinition',
    `${command} gave records of the stream '${stream}', which its source does not name: add it to \`streams\``,
  );
}

import { type Data, dataOf, isData, listOf, textOf } from './loose-data.js';
import type { StreamOptions } from '../../model/connector.js';
import { fileOptions, type Level, type Message, type Protocol, type StreamDescription } from './protocol.js';

/** the Airbyte protocol, as docs.airbyte.com describes it */
export const airbyteProtocol: Protocol = {
  at: 'record.data',
  specify: ['spec'],
  check: ({ config }) => ['check', '--config', config],
  discover: ({ config }) => ['discover', '--config', config],
  sync: (files) => ['read', ...fileOptions(files)],
  read(message) {
    switch (message['type']) {
      case 'RECORD':
        return { says: 'record', stream: textOf(dataOf(message['record'])['stream']) };
      case 'STATE':
        return stateOf(dataOf(message['state']));
      case 'LOG':
        return logOf(dataOf(message['log']));
      case 'TRACE':
        return traceOf(dataOf(message['trace']));
      case 'CATALOG':
        return { says: 'catalog', catalog: message['catalog'] };
      case 'SPEC':
        return { says: 'specification', schema: dataOf(dataOf(message['spec'])['connectionSpecification']) };
      case 'CONNECTION_STATUS': {
        const { status, message: text } = dataOf(message['connectionStatus']);
        return { says: 'status', isWell: status === 'SUCCEEDED', text: textOf(text) };
      }
      case 'CONTROL':
        return {
          says: 'log',
          level: 'warn',
          text: 'the connector asks for its configuration to be changed, as for a new refresh token: it is not kept',
        };
      default:
        return { says: 'nothing' };
    }
  },
  nameOf: ({ name }) => textOf(name),
  describe: described,
  choose: configured,
  stateFile(state, streams) {
    if (isData(state['legacy'])) return state['legacy'];
    const isWanted = (name: string) => streams[name]?.sync === 'incremental';
    const ofStreams = Object.entries(dataOf(state['streams'])).filter(([name]) => isWanted(name));
    return [...ofStreams.map(([, one]) => one), ...globalOf(state['global'], isWanted)];
  },
};

function globalOf(message: unknown, isWanted: (name: string) => boolean): Data[] {
  if (!isData(message)) return [];
  const global = dataOf(message['global']);
  const listed = Array.isArray(global['stream_states']) ? global['stream_states'].filter(isData) : [];
  const states = listed.filter((one) => isWanted(textOf(dataOf(one['stream_descriptor'])['name'])));
  return [{ ...message, global: { ...global, stream_states: states } }];
}

function described(stream: Data): Omit<StreamDescription, 'name'> {
  const key = listOf(stream['source_defined_primary_key']).map((path) => listOf(path).map(textOf));
  const cursor = listOf(stream['default_cursor_field']).map(textOf);
  const modes = listOf(stream['supported_sync_modes']);
  return {
    key: key.filter((path) => path.length > 0),
    ...(cursor.length > 0 && { cursor }),
    sync: (['full_refresh', 'incremental'] as const).filter((mode) => modes.includes(mode)),
    schema: dataOf(stream['json_schema']),
  };
}

function configured(stream: Data, wanted: StreamOptions): Data {
  const own = stream['default_cursor_field'];
  const cursor = wanted.cursor === undefined ? own : wanted.cursor.split('.');
  const key = stream['source_defined_primary_key'];
  return {
    stream,
    sync_mode: wanted.sync,
    destination_sync_mode: 'append',
    ...(Array.isArray(cursor) && { cursor_field: cursor }),
    ...(Array.isArray(key) && { primary_key: key }),
  };
}

/** `streams`: the newest message of each, by its name */
function stateOf(state: Data): Message {
  const type = textOf(state['type']) || (state['stream'] ? 'STREAM' : state['global'] ? 'GLOBAL' : 'LEGACY');
  if (type === 'STREAM') {
    const stream = textOf(dataOf(dataOf(state['stream'])['stream_descriptor'])['name']);
    return { says: 'state', stream, state: { streams: { [stream]: { type, stream: state['stream'] } } } };
  }
  if (type === 'GLOBAL') return { says: 'state', state: { global: { type, global: state['global'] } } };
  return { says: 'state', state: { legacy: state['data'] ?? {} } };
}

const levels: Record<string, Level> = { FATAL: 'error', ERROR: 'error', WARN: 'warn' };

function logOf({ level, message }: Data): Message {
  const isNoise = level === 'DEBUG' || level === 'TRACE';
  return isNoise ? { says: 'nothing' } : { says: 'log', level: levels[textOf(level)] ?? 'info', text: textOf(message) };
}

function traceOf(trace: Data): Message {
  if (trace['type'] === 'STREAM_STATUS') {
    const { status, stream_descriptor: descriptor } = dataOf(trace['stream_status']);
    if (status !== 'INCOMPLETE') return { says: 'nothing' };
    return {
      says: 'failure',
      text: `the stream '${textOf(dataOf(descriptor)['name'])}' was not read to its end`,
      isLasting: false,
    };
  }
  if (trace['type'] !== 'ERROR') return { says: 'nothing' };
  const { message, internal_message: inner, failure_type: kind } = dataOf(trace['error']);
  const told = [textOf(message), textOf(inner)].filter((text, at, all) => text && all.indexOf(text) === at);
  return { says: 'failure', text: told.join(': '), isLasting: kind === 'config_error' };
}

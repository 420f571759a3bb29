import type { StreamOptions } from '../../model/connector.js';
import { type Data, dataOf, isData, listOf, textOf } from './loose-data.js';
import { fileOptions, type Protocol, type StreamDescription } from './protocol.js';

/** the Singer specification, as taps of Meltano's SDK speak it */
export const singerProtocol: Protocol = {
  at: 'record',
  // as taps of Meltano's SDK have it
  specify: ['--about', '--format', 'json'],
  discover: ({ config }) => ['--config', config, '--discover'],
  sync: fileOptions,
  read(message) {
    switch (message['type']) {
      case 'RECORD':
        return { says: 'record', stream: textOf(message['stream']) };
      case 'STATE':
        return { says: 'state', state: { value: dataOf(message['value']) } };
      case 'BATCH':
        return {
          says: 'failure',
          text: `the tap writes batches of the stream '${textOf(message['stream'])}' into files of its own, which are not read: turn them off in its config (batch_config)`,
          isLasting: true,
        };
      case undefined:
        if (isData(message['settings'])) return { says: 'specification', schema: message['settings'] };
        return Array.isArray(message['streams']) ? { says: 'catalog', catalog: message } : { says: 'nothing' };
      default:
        return { says: 'nothing' };
    }
  },
  nameOf: (stream) => textOf(stream['stream']) || textOf(stream['tap_stream_id']),
  describe: described,
  choose: selected,
  // a tap has one state for all of its streams
  stateFile: (state) => dataOf(state['value']),
};

const isOuter = ({ breadcrumb }: Data) => Array.isArray(breadcrumb) && breadcrumb.length === 0;

function described(stream: Data): Omit<StreamDescription, 'name'> {
  const outer = dataOf(listOf(stream['metadata']).filter(isData).find(isOuter)?.['metadata']);
  const declared = listOf(stream['key_properties'] ?? outer['table-key-properties']).map(textOf);
  const cursors = [...listOf(outer['valid-replication-keys']).map(textOf), textOf(stream['replication_key'])];
  const cursor = cursors.find(Boolean);
  return {
    key: declared.filter(Boolean).map((name) => [name]),
    ...(cursor && { cursor: [cursor] }),
    sync: cursor ? ['full_refresh', 'incremental'] : ['full_refresh'],
    schema: dataOf(stream['schema']),
  };
}

function selected(stream: Data, wanted: StreamOptions): Data {
  const metadata = listOf(stream['metadata']).filter(isData);
  const outer = metadata.find(isOuter) ?? { breadcrumb: [], metadata: {} };
  const { sync, cursor } = wanted;
  const method = sync === 'incremental' ? 'INCREMENTAL' : 'FULL_TABLE';
  const replication = {
    'replication-method': method,
    ...(cursor !== undefined && { 'replication-key': cursor }),
  };
  const chosen = { ...outer, metadata: { ...dataOf(outer['metadata']), ...replication, selected: true } };
  return {
    ...stream,
    replication_method: method,
    ...(cursor !== undefined && { replication_key: cursor }),
    metadata: [chosen, ...metadata.filter((one) => !isOuter(one))],
  };
}

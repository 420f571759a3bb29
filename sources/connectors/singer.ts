import { type Data, dataOf, isData, textOf } from './loose-data.js';
import { fileOptions, type Protocol, type StreamOptions } from './protocol.js';

/** the Singer specification, as taps of Meltano's SDK speak it */
export const singerProtocol: Protocol = {
  at: 'record',
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
        return Array.isArray(message['streams']) ? { says: 'catalog', catalog: message } : { says: 'nothing' };
      default:
        return { says: 'nothing' };
    }
  },
  nameOf: (stream) => textOf(stream['stream']) || textOf(stream['tap_stream_id']),
  choose: selected,
  // a tap has one state for all of its streams
  stateFile: (state) => dataOf(state['value']),
};

function selected(stream: Data, wanted: StreamOptions): Data {
  const metadata = (Array.isArray(stream['metadata']) ? stream['metadata'] : []).filter(isData);
  const isOuter = ({ breadcrumb }: Data) => Array.isArray(breadcrumb) && breadcrumb.length === 0;
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

import { type Data, dataOf, isData, textOf } from './loose-data.js';
import type { Protocol, Streams } from './protocol.js';

/** the Singer specification, as taps of Meltano's SDK speak it */
export const singerProtocol: Protocol = {
  name: 'Singer',
  at: 'record',
  discover: ({ config }) => ['--config', config, '--discover'],
  sync: ({ config, catalog, state }) => [
    '--config',
    config,
    '--catalog',
    catalog,
    ...(state === undefined ? [] : ['--state', state]),
  ],
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
  choose(catalog, streams) {
    const listed = dataOf(catalog)['streams'];
    const found = Array.isArray(listed) ? listed.filter(isData) : [];
    const names = found.map(nameOf);
    const missing = Object.keys(streams).filter((name) => !names.includes(name));
    if (missing.length > 0) return { missing, known: names };
    return { catalog: { streams: found.flatMap((stream) => selected(stream, streams)) } };
  },
  // a tap has one state for all of its streams
  stateFile: (state) => dataOf(state['value']),
};

const nameOf = (stream: Data) => textOf(stream['stream']) || textOf(stream['tap_stream_id']);

function selected(stream: Data, streams: Streams): Data[] {
  const wanted = streams[nameOf(stream)];
  if (!wanted) return [];
  const metadata = (Array.isArray(stream['metadata']) ? stream['metadata'] : []).filter(isData);
  const isOuter = ({ breadcrumb }: Data) => Array.isArray(breadcrumb) && breadcrumb.length === 0;
  const outer = metadata.find(isOuter) ?? { breadcrumb: [], metadata: {} };
  const replication = {
    ...(wanted.sync === 'full_refresh' && { 'replication-method': 'FULL_TABLE' }),
    ...(wanted.sync === 'incremental' && { 'replication-method': 'INCREMENTAL' }),
    ...(wanted.cursor !== undefined && { 'replication-key': wanted.cursor }),
  };
  const chosen = { ...outer, metadata: { ...dataOf(outer['metadata']), ...replication, selected: true } };
  return [
    {
      ...stream,
      ...(wanted.cursor !== undefined && { replication_key: wanted.cursor }),
      replication_method: replication['replication-method'],
      metadata: [chosen, ...metadata.filter((one) => !isOuter(one))],
    },
  ];
}

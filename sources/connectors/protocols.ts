import type { ConnectorSource } from '../../model/connector.js';
import { airbyteProtocol } from './airbyte.js';
import type { Protocol } from './protocol.js';
import { singerProtocol } from './singer.js';

export const protocols: Record<ConnectorSource['language'], Protocol> = {
  airbyte: airbyteProtocol,
  singer: singerProtocol,
};

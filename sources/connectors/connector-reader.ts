import type { ConnectorSource } from '../../model/connector.js';
import type { Generate } from '../../model/custom-code.js';

/** what reads a connector, as code of a source, loaded by the run that asks; `manifest`: the text of a low-code one */
export const connectorReader = (connector: ConnectorSource, manifest?: string): Generate =>
  async function* (input, host) {
    const { readConnector } = await import('./read-connector.js');
    yield* readConnector(connector, manifest, input, host);
  };

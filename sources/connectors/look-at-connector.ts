import type { ConnectorSource } from '../../model/connector.js';
import type { CustomHost, CustomInput } from '../../model/custom-code.js';
import { TransientError } from '../../model/errors.js';
import { listStreams } from './catalog.js';
import type { Data } from './loose-data.js';
import { readLine } from './messages.js';
import { openConnector, type OpenConnector } from './open-connector.js';
import type { StreamDescription } from './protocol.js';

/** a connector with the text of its low-code manifest, what it is asked with, and where it runs */
export interface Look {
  connector: ConnectorSource;
  manifest: string | undefined;
  input: CustomInput;
  host: CustomHost;
}

export interface CheckResult {
  ok: boolean;
  /** what the connector said */
  message: string;
}

/** whether a connector can work with its config; a tap has no question for it, and lists its streams */
export function checkConnector(look: Look): Promise<CheckResult> {
  return within(look, async (open) => {
    const { protocol, command, config } = open;
    if (!protocol.check) {
      const { size } = await listStreams(open);
      return { ok: true, message: `it listed ${size} streams; a tap has no check of its own` };
    }
    for await (const { message } of open.messages(protocol.check({ config }))) {
      if (message.says === 'status') return { ok: message.isWell, message: message.text };
    }
    throw new TransientError(`${command} did not say whether it can connect`);
  });
}

/** JSON Schema of a connector's config; undefined where it has none to show, as older taps */
export function specificationOf(look: Look): Promise<Data | undefined> {
  return within(look, async ({ protocol, lines }) => {
    const text: string[] = [];
    try {
      for await (const line of lines(protocol.specify)) text.push(line.toString());
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      return undefined;
    }
    const said = [...text, text.join('')].map((line) => readLine(protocol, line));
    return said.find((one) => one.says === 'specification')?.schema;
  });
}

/** the streams that a connector has, in its own order */
export function discoverStreams(look: Look): Promise<StreamDescription[]> {
  return within(look, async (open) => {
    const streams = await listStreams(open);
    return Array.from(streams, ([name, one]) => ({ name, ...open.protocol.describe(one) }));
  });
}

async function within<T>({ connector, manifest, input, host }: Look, ask: (open: OpenConnector) => Promise<T>) {
  const open = await openConnector(connector, manifest, input, host);
  try {
    return await ask(open);
  } finally {
    await open.close();
  }
}

import { TerminalError, TransientError } from '../../model/errors.js';
import { dataOf } from './loose-data.js';
import type { Message, Protocol } from './protocol.js';

export type Failure = Message & { says: 'failure' };

export const isFailure = (message: Message): message is Failure => message.says === 'failure';

/** what a line of stdout says */
export function readLine(protocol: Protocol, line: string): Message {
  try {
    return protocol.read(dataOf(JSON.parse(line)));
  } catch {
    // what a library prints
    return line.trim() ? { says: 'log', level: 'info', text: line.trim() } : { says: 'nothing' };
  }
}

/** the failure that counts among those that a connector reported; one that lasts goes before others */
export function failureOf(command: string, failures: Failure[]): Error | undefined {
  const worst = failures.find(({ isLasting }) => isLasting) ?? failures[0];
  if (!worst) return undefined;
  const message = `${command}: ${worst.text}`;
  return worst.isLasting ? new TerminalError('ConnectorFailed', message) : new TransientError(message);
}

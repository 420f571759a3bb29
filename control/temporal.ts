import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { temporalToken } from '../sources/secrets/temporal-token.js';
import { CommandFailure, exitCodes } from './failure.js';

export interface Temporal {
  client: Client;
  connection: Connection;
  namespace: string;
}

/** by TEMPORAL_* and profiles, as every Temporal tool; a command that waits for hours takes a token that changes */
export async function connectTemporal(environment: Record<string, string | undefined>): Promise<Temporal> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const token = await temporalToken(environment);
  token?.follow(() => undefined);
  try {
    const connection = await Connection.connect({
      ...connectionOptions,
      ...(token && { apiKey: token.value }),
      connectTimeout: '3 seconds',
    });
    return { client: new Client({ connection, namespace }), connection, namespace };
  } catch (cause) {
    throw new CommandFailure(
      exitCodes.unreachable,
      `temporal at ${connectionOptions.address ?? 'localhost:7233'} does not answer: \`npm start\`, or check TEMPORAL_ADDRESS`,
      { cause },
    );
  }
}

import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { CommandFailure, exitCodes } from './failure.js';

export interface Temporal {
  client: Client;
  connection: Connection;
  namespace: string;
}

/** by TEMPORAL_* and profiles, as every Temporal tool */
export async function connectTemporal(): Promise<Temporal> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  try {
    const connection = await Connection.connect({ ...connectionOptions, connectTimeout: '3 seconds' });
    return { client: new Client({ connection, namespace }), connection, namespace };
  } catch (cause) {
    throw new CommandFailure(
      exitCodes.unreachable,
      `temporal at ${connectionOptions.address ?? 'localhost:7233'} does not answer: \`npm start\`, or check TEMPORAL_ADDRESS`,
      { cause },
    );
  }
}

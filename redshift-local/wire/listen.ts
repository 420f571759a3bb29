import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import { reusedConnections } from '../reused-connections.js';
import { backend } from './backend.js';
import { serve, type WireParts } from './connection.js';

export interface WireOptions {
  host?: string;
  /** 0 or absent: a free one */
  port?: number;
  /** PEM; without them a client that asks for TLS is refused it */
  tls?: { certificate: string; key: string };
}

/** PostgreSQL's protocol in front of the same rules as the Data API */
export async function listenOnWire(
  { host = '127.0.0.1', port = 0, tls }: WireOptions,
  parts: Omit<WireParts, 'tls' | 'cancels' | 'behind'>,
): Promise<{ port: number; close(): Promise<void> }> {
  const context = tls && createSecureContext({ cert: tls.certificate, key: tls.key });
  const cancels = new Map<string, () => void>();
  const behind = reusedConnections((database) => backend(parts.postgres, database));
  const open = new Map<Socket, Promise<void>>();
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    const served = serve(socket, { ...parts, tls: context, cancels, behind }).finally(() => open.delete(socket));
    open.set(socket, served);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const served = [...open.values()];
      for (const socket of open.keys()) socket.destroy();
      await Promise.allSettled(served);
      await closed;
      await behind.close();
    },
  };
}

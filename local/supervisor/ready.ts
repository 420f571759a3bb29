import { connect } from 'node:net';
import type { ServiceLog } from './service.js';

export function acceptsConnections(port: number): () => Promise<boolean> {
  return () =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      const answer = (isUp: boolean) => {
        socket.destroy();
        resolve(isUp);
      };
      socket.setTimeout(1000, () => answer(false));
      socket.once('connect', () => answer(true)).once('error', () => answer(false));
    });
}

export const hasWritten = (text: string) => async (log: ServiceLog) => log.text().includes(text);

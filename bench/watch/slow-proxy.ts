import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface SlowProxy {
  address: string;
  close(): void;
}

/** a TCP proxy: what it hands on arrives `ms` later, half of it each way, as from a server that is far */
export async function slowProxy(target: string, ms: number): Promise<SlowProxy> {
  const [host = '', port] = target.split(':');
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    const hand = (from: Socket, to: Socket) => {
      sockets.add(from);
      from
        .on('data', (data: Buffer) => setTimeout(() => to.writable && to.write(data), ms / 2))
        .on('close', () => to.destroy())
        .on('error', () => to.destroy());
    };
    hand(near, far);
    hand(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

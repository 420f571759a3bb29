import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openDataFolder } from './data-folder.js';
import { openDoor2door } from './door2door.js';
import { openEarthquakes } from './earthquakes.js';
import { openSpacex } from './spacex.js';
import { answer, type Routes } from './answer.js';

export interface UpstreamOptions {
  /** 0 picks a free one */
  port: number;
  /** the folder that the S3 server shows: one folder a bucket */
  state: string;
  /** the user's `--data`; its folders replace the samples of their pipelines */
  data?: string;
  now?: () => number;
}

export interface Upstream {
  url: string;
  close(): Promise<void>;
}

/** what the public endpoints answer in production, from samples or the user's own files */
export async function startUpstream({ port, state, data, now = Date.now }: UpstreamOptions): Promise<Upstream> {
  const folder = await openDataFolder(data);
  const earthquakes = await openEarthquakes(folder('earthquakes'));
  const spacex = await openSpacex(folder('spacex'));
  // last, as it writes: a corrupt file ends the start before it
  const door2door = await openDoor2door(state, folder('door2door'));
  const routes: Routes = {
    '/fdsnws/event/1/query': (url) => earthquakes.query(url, now()),
    '/v4/launches': () => ({ status: 200, type: 'application/json; charset=utf-8', body: spacex.body }),
    '/coverage': async () => {
      const coverage = {
        earthquakes: earthquakes.coverage(now()),
        door2door: await door2door.coverage(now()),
        spacex: spacex.coverage,
      };
      return { status: 200, type: 'application/json; charset=utf-8', body: `${JSON.stringify(coverage, null, 2)}\n` };
    },
  };
  const server = createServer((request, response) => void answer(routes, request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostRates } from '../../activities/host-rates.js';
import { hostRateId } from '../../model/names.js';
import { redactor } from '../../model/redact.js';
import { http, pageNumber } from '../../sources/declare.js';
import { sourceSession } from '../../sources/http/session.js';
import { openSource } from '../../sources/open-source.js';
import { builtWorkflows } from '../support/built-workflows.js';
import { onServer, type OnServer } from '../support/on-server.js';

const perSecond = 10;
/** ms that the runs ask */
const lasts = 34_000;
const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };

let server: OnServer;
let api: Server;
let begun = 0;
const asked: { run: string; at: number }[] = [];

beforeAll(async () => {
  server = await onServer();
  api = createServer((request, response) => {
    asked.push({
      run: new URL(request.url ?? '', 'http://x').searchParams.get('run') ?? '',
      at: performance.now() - begun,
    });
    response.end(JSON.stringify([asked.length]));
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
}, 120_000);
afterAll(async () => {
  api?.close();
  await server?.close();
});

test(
  'three runs on three workers ask a host as often together as one may, and use nearly all of it',
  { timeout: 120_000 },
  async () => {
    const { client, nativeConnection, namespace } = server.world.environment;
    const taskQueue = 'host-rate-test';
    const worker = await Worker.create({
      connection: nativeConnection,
      ...(namespace && { namespace }),
      taskQueue,
      workflowBundle: builtWorkflows(),
    });
    const host = `127.0.0.1:${(api.address() as AddressInfo).port}`;
    const controller = new AbortController();

    /** a worker of its own, with one run that asks page after page */
    async function run(name: string, after: number): Promise<void> {
      await sleep(after);
      const session = sourceSession({}, redactor({}), undefined, hostRates(client, taskQueue));
      const source = http({
        url: `http://${host}/rows`,
        query: { run: name },
        pages: pageNumber({ mostPages: 100_000 }),
        rate: { perSecond },
      });
      try {
        for await (const _ of openSource(source, { session }).list(interval, controller.signal));
      } catch (error) {
        if (!controller.signal.aborted) throw error;
      }
    }

    await worker.runUntil(async () => {
      begun = performance.now();
      const runs = [run('a', 0), run('b', 2_000), run('c', 4_000)];
      await sleep(lasts);
      controller.abort(new Error('over'));
      await Promise.all(runs);
      await client.workflow.getHandle(hostRateId(host)).terminate();
    });

    const times = asked.map(({ at }) => at);
    const seconds = Array.from({ length: Math.floor(lasts / 100) - 10 }, (_, tenth) => tenth * 100);
    const most = Math.max(...seconds.map((from) => times.filter((at) => at >= from && at < from + 1000).length));
    const whole = asked.filter(({ at }) => at > 1_000 && at < lasts - 1_000).length / ((lasts - 2_000) / 1_000);
    const last = asked.filter(({ at }) => at > lasts - 9_000 && at < lasts - 1_000);
    const shares = ['a', 'b', 'c'].map((run) => last.filter((one) => one.run === run).length / 8);
    process.stderr.write(
      `${asked.length} requests in ${lasts / 1000} s; at most ${most} in any second; ${whole.toFixed(1)} a second; shares at the end ${shares.join(', ')}\n`,
    );
    // each slice may begin with a turn that comes sooner than it should
    expect(most).toBeLessThanOrEqual(perSecond + 2);
    expect(whole).toBeLessThanOrEqual(perSecond * 1.02);
    expect(whole).toBeGreaterThan(perSecond * 0.85);
    for (const share of shares) expect(share).toBeGreaterThan(perSecond / 3 - 1);
  },
);

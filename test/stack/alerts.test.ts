import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { sendAlert } from '../../activities/send-alert.js';
import type { Alert, AlertInput } from '../../model/alert.js';
import { TerminalError } from '../../model/errors.js';
import type { RunInput } from '../../model/plan.js';
import type { AlertChannel, Policy } from '../../model/policy.js';
import type { Settings } from '../../model/settings.js';
import { alert as alertWorkflow } from '../../workflows/alert.js';
import { pipelineRun } from '../../workflows/pipeline-run.js';
import { interval, runInput, timeSkipping, type TimeSkipping } from '../support/time-skipping.js';

interface Told {
  path: string;
  body: { text: string; [field: string]: unknown };
  /** by the server whose time is skipped */
  at: number;
}

let world: TimeSkipping;
let receiver: Server;
let settings: Settings;
let told: Told[];
/** answers a path's nth request otherwise than with 200 */
let refuse: (path: string, nth: number) => { status: number; headers?: IncomingHttpHeaders } | undefined;

beforeAll(async () => {
  world = await timeSkipping();
  receiver = createServer((request, response) => {
    void receive(request.url ?? '', text(request), response);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  settings = {
    webUi: 'http://127.0.0.1:8233',
    alerts: { webhook: `${url}/hook`, slack: `${url}/slack` },
  } as Settings;
}, 60_000);
afterAll(async () => {
  await world?.environment.teardown();
  receiver?.close();
});
beforeEach(() => {
  told = [];
  refuse = () => undefined;
});

async function receive(path: string, body: Promise<string>, response: ServerResponse): Promise<void> {
  told.push({ path, body: JSON.parse(await body) as Told['body'], at: await world.environment.currentTimeMs() });
  const refusal = refuse(path, told.filter((one) => one.path === path).length);
  response.writeHead(refusal?.status ?? 200, refusal?.headers).end();
}

const failed: Alert = {
  kind: 'failed',
  pipeline: 'minibuses',
  subject: 'minibuses-2022-11-24T11:00:00Z',
  interval,
  message: 'SourceNotFound: no bucket x',
  workflowId: 'minibuses-2022-11-24T11:00:00Z',
};

/** answers whether all channels were told, otherwise which were not */
async function tell(...channels: AlertChannel[]): Promise<string | undefined> {
  const { client } = world.environment;
  const fake = world.fakes({ sendAlert: sendAlert({ settings, client }) });
  const args: [AlertInput] = [{ alert: failed, channels }];
  const given = { workflowId: `alert-${Math.random()}`, taskQueue: fake.taskQueue, args };
  const ended = world.running(fake, () => client.workflow.execute(alertWorkflow, given));
  return ended.then(
    () => 'told',
    (error: WorkflowFailedError) => error.cause?.message,
  );
}

const to = (path: string) => told.filter((one) => one.path === path);
/** ms between the first and the last request */
const over = (path: string) => (to(path).at(-1)?.at ?? 0) - (to(path)[0]?.at ?? 0);

test('a receiver that answers 503 twice is told the third time, the other channel at once', async () => {
  refuse = (path, nth) => (path === '/hook' && nth < 3 ? { status: 503 } : undefined);
  expect(await tell('webhook', 'slack')).toBe('told');
  expect(to('/hook')).toHaveLength(3);
  expect(to('/slack')).toHaveLength(1);
  // five seconds, then ten
  expect(over('/hook')).toBeGreaterThanOrEqual(15_000);
});

test('a receiver that names a time is not asked before it', async () => {
  refuse = (_, nth) => (nth === 1 ? { status: 429, headers: { 'retry-after': '90' } } : undefined);
  expect(await tell('slack')).toBe('told');
  expect(to('/slack')).toHaveLength(2);
  expect(over('/slack')).toBeGreaterThanOrEqual(90_000);
});

test('a channel that stays away for a day or refuses is named, and holds no other back', async () => {
  refuse = (path) => (path === '/hook' ? { status: 503 } : undefined);
  expect(await tell('webhook', 'slack')).toBe('not told on webhook');
  expect(over('/hook')).toBeGreaterThan(23 * 3_600_000);
  expect(to('/slack')).toHaveLength(1);

  refuse = (path) => (path === '/hook' ? { status: 404 } : undefined);
  told = [];
  expect(await tell('webhook', 'slack')).toBe('not told on webhook');
  expect(told).toHaveLength(2);
});

// last, since a workflow that outlives its parent stops time from being skipped
test('each execution of a run that fails alerts once on each channel: pipeline, interval, step, error, remedy and link', async () => {
  const alerts: Policy['alerts'] = { failed: ['webhook', 'slack'] };
  const labels = { owner: 'data-platform', tags: ['buses'] };
  const policy: Policy = { ...labels, onFailure: 'fail', parkFor: 0, retries: {}, alerts, after: [], settle: [] };
  const { client } = world.environment;
  const fake = world.fakes(
    {
      extract: () => Promise.reject(new TerminalError('SourceNotFound', 'no bucket x')),
      sendAlert: sendAlert({ settings, client }),
    },
    { policy },
  );
  const run = `minibuses-${Math.random()}`;
  const given = { workflowId: run, taskQueue: fake.taskQueue, args: [runInput] as [RunInput] };
  await world.running(fake, async () => {
    for (let count = 0; count < 2; count++) {
      await expect(client.workflow.execute(pipelineRun, given)).rejects.toBeInstanceOf(WorkflowFailedError);
    }
    while (told.length < 4) await new Promise((resolve) => setTimeout(resolve, 20));
  });
  expect(told.map(({ path }) => path).sort()).toEqual(['/hook', '/hook', '/slack', '/slack']);
  expect(new Set(to('/hook').map(({ body }) => body['runId'])).size).toBe(2);
  expect(to('/hook')[0]?.body).toMatchObject({
    kind: 'failed',
    pipeline: 'minibuses',
    interval,
    step: 'extract',
    message: 'SourceNotFound: no bucket x',
    subject: run,
    ...labels,
  });
  expect(to('/slack')[0]?.body.text.split('\n')).toEqual([
    'failed: minibuses, 2022-11-24 10:00 to 11:00 UTC, extract',
    'SourceNotFound: no bucket x',
    expect.stringMatching(/^what to do: check the address/),
    'owner: data-platform; tags: buses',
    expect.stringContaining(`http://127.0.0.1:8233/namespaces/default/workflows/${run}/`),
  ]);
});

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { alertText, alertTitle } from '../../../activities/alerts/alert-text.js';
import { channels } from '../../../activities/alerts/channels.js';
import type { Alert } from '../../../model/alert.js';

const alert: Alert = {
  kind: 'failed',
  pipeline: 'minibuses',
  subject: 'minibuses-2022-11-24T11:00:00Z',
  interval: { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' },
  step: 'copy positions',
  message: 'WarehouseRejected: permission denied',
  remedy: 'read the statement',
  workflowId: 'minibuses-2022-11-24T11:00:00Z',
};
const link = 'http://127.0.0.1:8233/run';
const title = 'failed: minibuses, 2022-11-24 10:00 to 11:00 UTC, copy positions';
const text = `${title}\nWarehouseRejected: permission denied\nwhat to do: read the statement\n${link}`;

let server: Server;
let url: string;
let seen: { path: string | undefined; body: string }[];
let answer: { status: number; headers?: Record<string, string>; body?: string };

beforeEach(async () => {
  seen = [];
  answer = { status: 200 };
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      seen.push({ path: request.url, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test('a webhook gets the alert as JSON, Slack its text', async () => {
  await channels.webhook(alert, link, { webhook: `${url}/hook` });
  await channels.slack(alert, link, { slack: `${url}/slack` });
  expect(JSON.parse(seen[0]?.body ?? '')).toEqual({ ...alert, text, link });
  expect(seen[1]).toEqual({ path: '/slack', body: JSON.stringify({ text, mrkdwn: false }) });
});

test('the owner and the tags of its pipeline are in every text, and nobody is called by it', async () => {
  const owned = { ...alert, owner: '@data <!here>', tags: ['finance', 'pii'] };
  expect(alertText(owned, link)).toBe(text.replace(link, `owner: @data <!here>; tags: finance, pii\n${link}`));
  expect(alertText({ ...alert, tags: ['finance'] }, link)).toContain('\ntags: finance\n');
  await channels.webhook(owned, link, { webhook: `${url}/hook` });
  await channels.slack(owned, link, { slack: `${url}/slack` });
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({ owner: owned.owner, tags: owned.tags });
  const slack = JSON.parse(seen[1]?.body ?? '') as { text: string; mrkdwn: boolean };
  expect(slack.text).toContain('owner: @data &lt;!here&gt;; tags: finance, pii');
  expect(slack.mrkdwn).toBe(false);
});

describe('what an alert quotes', () => {
  const message = 'x & <!channel> <http://evil|here> \u001b]0;pwned\u0007 \u009b31m';
  const quoting = { ...alert, pipeline: 'a\r\nBcc: b@example.com', message };

  test('calls nobody in Slack and makes no link', async () => {
    await channels.slack(quoting, link, { slack: `${url}/slack` });
    const body = JSON.parse(seen[0]?.body ?? '') as { text: string };
    expect(body.text.split('\n')[1]).toBe(
      'x &amp; &lt;!channel&gt; &lt;http://evil|here&gt; \\u001b]0;pwned\\u0007 \\u009b31m',
    );
  });

  test('makes no line of a subject', () => {
    expect(alertTitle(quoting)).toMatch(/^failed: a Bcc: b@example\.com, [^\n]*$/);
  });

  test('reaches no terminal as an escape', () => {
    expect(alertText(quoting, link)).toContain('x & <!channel> <http://evil|here> \\u001b]0;pwned\\u0007 \\u009b31m');
  });
});

test.each([
  [
    { status: 429, headers: { 'retry-after': '7' } },
    { name: 'TransientError', retryAfter: 7_000 },
  ],
  [{ status: 503 }, { name: 'TransientError', message: 'the slack of alerts answered 503' }],
  [{ status: 404 }, { name: 'AlertRefused', message: 'the slack of alerts answered 404' }],
])('an answer of %o is %o', async (given, expected) => {
  answer = given;
  await expect(channels.slack(alert, link, { slack: `${url}/secret-token` })).rejects.toMatchObject(expected);
});

test('an address that is not reached stays a secret', async () => {
  const error = await channels.slack(alert, link, { slack: 'http://127.0.0.1:1/secret-token' }).catch((e: Error) => e);
  expect(error).toMatchObject({ name: 'TransientError' });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret-token');
});

test('a channel without an address names its variable', async () => {
  await expect(channels.webhook(alert, link, {})).rejects.toThrow('WATERCLOCK_ALERT_WEBHOOK_URL is not set');
  await expect(channels.email(alert, link, { emailFrom: 'a@b' })).rejects.toThrow('WATERCLOCK_ALERT_EMAIL_TO');
});

test('SNS and SES are asked by their own protocols', async () => {
  for (const [name, value] of Object.entries({
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_SNS: url,
    AWS_ENDPOINT_URL_SESV2: url,
  })) {
    vi.stubEnv(name, value);
  }
  answer = {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: '<PublishResponse><PublishResult/></PublishResponse>',
  };
  await channels.sns({ ...alert, message: 'Größe' }, link, { snsTopic: 'arn:aws:sns:eu-central-1:1:alerts' });
  const form = new URLSearchParams(seen[0]?.body);
  expect(form.get('Subject')).toBe(title);
  expect(form.get('Message')).toContain('Größe');

  answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"MessageId":"1"}' };
  await channels.email(alert, link, { emailFrom: 'waterclock@example.com', emailTo: ['a@example.com'] });
  expect(JSON.parse(seen[1]?.body ?? '')).toMatchObject({
    FromEmailAddress: 'waterclock@example.com',
    Destination: { ToAddresses: ['a@example.com'] },
    Content: { Simple: { Subject: { Data: title }, Body: { Text: { Data: text } } } },
  });
});

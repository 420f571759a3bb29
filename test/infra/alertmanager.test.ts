import { execFile, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../../local/ports.js';
import { smtpSink } from '../support/smtp-sink.js';

type Environment = Record<string, string>;
type Receiver = { name: string } & Record<string, Record<string, unknown>[]>;
type Said = { stdout: string; stderr: string; code?: number };

const script = 'infra/compose/alertmanager.sh';
const folder = mkdtempSync(join(tmpdir(), 'wc-alertmanager-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base = { PATH: process.env['PATH'] ?? '', TMPDIR: folder };
// in place of Alertmanager: shows what it would be started with
const shows = ['sh', '-c', 'cat "${1#--config.file=}"; echo "# $(env | cut -d= -f1 | sort | tr "\\n" " ")"', 'shows'];

const start = (env: Environment, shell = ['sh']): Promise<Said> => {
  const [first = '', ...words] = [...shell, script, ...shows];
  return promisify(execFile)(first, words, { env: { ...base, ...env } }).catch((failed: Said) => failed);
};

const webhook = 'https://hooks.example/a?key=it\'s-"secret"&x=$HOME';
const slack = 'https://hooks.slack.example/services/T0/B0/secret';
const email = {
  WATERCLOCK_ALERT_EMAIL_FROM: 'alerts@example.org',
  WATERCLOCK_ALERT_EMAIL_TO: 'ann@example.org, bo@example.org',
  WATERCLOCK_ALERT_SMTP_ADDRESS: 'mail.example.org:587',
};
const login = { WATERCLOCK_ALERT_SMTP_USER: 'waterclock', WATERCLOCK_ALERT_SMTP_PASSWORD: ' p\'a"ss: {{x}} # ' };

describe('what Alertmanager is started with', () => {
  test('the channels of WATERCLOCK_ALERT_*, each value as it was given', async () => {
    const { stdout } = await start({
      WATERCLOCK_ALERT_WEBHOOK_URL: webhook,
      WATERCLOCK_ALERT_SLACK_URL: slack,
      ...email,
      ...login,
    });
    const { receivers } = parse(stdout) as { receivers: Receiver[] };
    expect(receivers.map(({ name }) => name)).toEqual(['lasting', 'once']);
    for (const { name, webhook_configs: hooks, slack_configs: slacks, email_configs: mails } of receivers) {
      const sent = { send_resolved: name === 'lasting' };
      expect(hooks).toEqual([{ url: webhook, ...sent }]);
      expect(slacks).toEqual([expect.objectContaining({ api_url: slack, ...sent })]);
      expect(mails).toEqual([
        {
          to: 'ann@example.org,bo@example.org',
          from: 'alerts@example.org',
          smarthost: 'mail.example.org:587',
          require_tls: true,
          auth_username: 'waterclock',
          auth_password: login.WATERCLOCK_ALERT_SMTP_PASSWORD,
          ...sent,
        },
      ]);
    }
  });

  test('of what happened once nobody is sent an end: it is over, not mended', async () => {
    const { stdout } = await start({ WATERCLOCK_ALERT_SLACK_URL: slack });
    const { route } = parse(stdout) as { route: { routes: unknown[] } };
    expect(route.routes).toEqual([{ receiver: 'once', matchers: ['happens = once'] }]);
  });

  test('without a channel it sends nothing, and says so', async () => {
    const { stdout, stderr } = await start({ WATERCLOCK_ALERT_SLACK_URL: '' });
    expect((parse(stdout) as { receivers: Receiver[] }).receivers).toEqual([{ name: 'lasting' }, { name: 'once' }]);
    expect(stderr).toContain('sends nothing, since no channel is set');
  });

  test('nobody else of the machine reads the file, and the program has no variable with a secret', async () => {
    const { stdout } = await start({ WATERCLOCK_ALERT_SLACK_URL: slack, SHOP_TOKEN: 'secret' });
    expect(stdout).toMatch(/^# (PATH|PWD|_|SHLVL| )+$/m);
    const files = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(new Set(files)).toEqual(new Set([0o600]));
  });
});

describe('settings that it refuses', () => {
  const refused: [string, Environment, string][] = [
    ['an address without https', { WATERCLOCK_ALERT_SLACK_URL: 'hooks.slack.com/x' }, '_SLACK_URL must begin with'],
    ['an address with a space', { WATERCLOCK_ALERT_WEBHOOK_URL: 'https://a b' }, '_WEBHOOK_URL must be an address'],
    ['two lines', { WATERCLOCK_ALERT_WEBHOOK_URL: "https://a'\nroute: {}" }, '_WEBHOOK_URL must be an address'],
    ['e-mail to nobody', { ...email, WATERCLOCK_ALERT_EMAIL_TO: ' ' }, '_EMAIL_TO, which is not set'],
    ['e-mail from nobody', { ...email, WATERCLOCK_ALERT_EMAIL_FROM: '' }, '_EMAIL_FROM, which is not set'],
    ['e-mail without a server', { ...email, WATERCLOCK_ALERT_SMTP_ADDRESS: '' }, '_SMTP_ADDRESS, which is not set'],
    ['a server without a port', { ...email, WATERCLOCK_ALERT_SMTP_ADDRESS: 'mail' }, "must be host:port, got 'mail'"],
    [
      'one of two addresses',
      { ...email, WATERCLOCK_ALERT_EMAIL_TO: 'a@b.c,dd' },
      "must be an e-mail address, got 'dd'",
    ],
    ['a template', { ...email, WATERCLOCK_ALERT_EMAIL_TO: '{{x}}@b.c' }, 'must be an e-mail address'],
    ['a user alone', { ...email, WATERCLOCK_ALERT_SMTP_USER: 'x' }, 'set both, or neither'],
    ['a word for TLS', { ...email, WATERCLOCK_ALERT_SMTP_TLS: 'no' }, "must be true or false, got 'no'"],
    ['a password in plain text', { ...email, ...login, WATERCLOCK_ALERT_SMTP_TLS: 'false' }, 'as plain text'],
  ];
  test.each(refused)('%s', async (_, env, says) => {
    const said = await start(env);
    expect(said.code).toBe(1);
    expect(said.stdout).toBe('');
    expect(said.stderr).toContain(says);
    // an address that is refused may hold a secret all the same
    expect(said.stderr).not.toContain('hooks.slack.com');
  });

  // what the image of Alertmanager has for a shell
  const busybox = '/usr/bin/busybox';

  test.skipIf(!existsSync(busybox))(`the same by the shell of the image (skipped without ${busybox})`, async () => {
    const accepted: Environment[] = [{}, { WATERCLOCK_ALERT_WEBHOOK_URL: webhook, ...email, ...login }];
    for (const env of [...refused.map(([, env]) => env), ...accepted]) {
      const [one, other] = await Promise.all([start(env), start(env, [busybox, 'sh'])]);
      const bare = ({ stdout, stderr, code }: Said) => [stdout.replace(/^#.*$/m, ''), stderr, code];
      expect(bare(other)).toEqual(bare(one));
    }
  });
});

// of Debian's package prometheus-alertmanager: no registry of Python or npm has it
const program = '/usr/bin/prometheus-alertmanager';

describe.skipIf(!existsSync(program))('Alertmanager itself', () => {
  test(`sends an alert and its end to a webhook, to Slack and by e-mail (skipped without ${program})`, async () => {
    const posted: Record<string, unknown[]> = { '/hook': [], '/slack': [] };
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        posted[request.url ?? '']?.push(JSON.parse(body));
        response.end('ok');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const mail = await smtpSink();
    const port = await freePort();
    // the configuration as it is but for its waits, which are minutes
    const hurried = join(folder, 'hurried.sh');
    writeFileSync(
      hurried,
      `#!/bin/sh\nfor last; do :; done\nsed -i 's/group_wait: .*/group_wait: 0s/; s/group_interval: .*/group_interval: 1s/' "\${last#--config.file=}"\nexec ${program} "$@"\n`,
    );
    chmodSync(hurried, 0o700);
    const options = [
      `--storage.path=${join(folder, 'storage')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ];
    const child = spawn('sh', [script, hurried, ...options], {
      env: {
        ...base,
        ...email,
        WATERCLOCK_ALERT_WEBHOOK_URL: `${here}/hook`,
        WATERCLOCK_ALERT_SLACK_URL: `${here}/slack`,
        WATERCLOCK_ALERT_SMTP_ADDRESS: mail.address,
        WATERCLOCK_ALERT_SMTP_TLS: 'false',
      },
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const api = `http://127.0.0.1:${port}`;
    const tell = async (alertname: string, labels: Environment, endsAt?: string) =>
      fetch(`${api}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([
          {
            labels: { alertname, ...labels },
            annotations: { summary: `${alertname}: look at it` },
            startsAt: new Date(Date.now() - 60_000).toISOString(),
            ...(endsAt && { endsAt }),
          },
        ]),
      });
    const statuses = (name: string) =>
      (posted['/hook'] as { status: string; commonLabels: Environment }[])
        .filter(({ commonLabels }) => commonLabels['alertname'] === name)
        .map(({ status }) => status);
    try {
      await expect
        .poll(async () => (await fetch(`${api}/-/ready`).catch(() => undefined))?.status, { timeout: 30_000 })
        .toBe(200);
      await tell('WorkerDown', { worker: 'worker-ingest' });
      await tell('RunFailed', { pipeline: 'orders', happens: 'once' });
      await expect.poll(() => [statuses('WorkerDown'), statuses('RunFailed')]).toEqual([['firing'], ['firing']]);
      await expect.poll(() => posted['/slack']?.length).toBe(2);
      await expect.poll(() => mail.messages.length).toBe(2);

      const now = new Date().toISOString();
      await tell('RunFailed', { pipeline: 'orders', happens: 'once' }, now);
      await tell('WorkerDown', { worker: 'worker-ingest' }, now);
      await expect.poll(() => statuses('WorkerDown')).toEqual(['firing', 'resolved']);
      await expect.poll(() => posted['/slack']?.length).toBe(3);
      await expect.poll(() => mail.messages.length).toBe(3);
      expect(statuses('RunFailed')).toEqual(['firing']);

      const slacks = JSON.stringify(posted['/slack']);
      expect(slacks).toContain('FIRING: WorkerDown');
      expect(slacks).toContain('RESOLVED: WorkerDown');
      expect(slacks).toContain('RunFailed: look at it');
      expect(mail.messages.join('\n')).toMatch(/^To: ann@example\.org,bo@example\.org\r?$/m);
      expect(mail.messages.join('\n')).toContain('[RESOLVED]');
      expect(readFileSync(`/proc/${child.pid}/cmdline`, 'utf8')).not.toContain(here);
      expect(readFileSync(`/proc/${child.pid}/environ`, 'utf8')).not.toContain(here);
    } finally {
      child.kill();
      await ended;
      mail.close();
      server.close();
    }
  });
});

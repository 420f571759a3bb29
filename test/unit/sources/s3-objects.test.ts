import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openSource } from '../../../sources/open-source.js';
import type { Interval } from '../../../model/interval.js';
import type { S3ObjectsSource } from '../../../model/source.js';
import { s3Objects } from '../../../sources/declare.js';
import { listObjects } from '../../../sources/s3-objects.js';
import { collect, contract, interval, never, readAll } from './contract.js';
import { faultyServer, type FaultyServer } from './faulty-server.js';

const declared = { bucket: 'events', prefix: 'data/', modifiedIn: 'interval' as const, anonymous: true };
const source = s3Objects(declared);
const timeouts = { headers: 300, silence: 300 };
const open = (address: string) => openSource(source, { address, timeouts });

interface Entry {
  key: string;
  modified?: string;
  etag?: string;
}

const isList = ({ url }: IncomingMessage) => url?.includes('list-type=2') ?? false;

function answerList(response: ServerResponse, entries: Entry[], token?: string): void {
  const contents = entries.map(
    ({ key, modified = interval.start, etag = 'e1' }) =>
      `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified><ETag>"${etag}"</ETag></Contents>`,
  );
  const more = token
    ? `<IsTruncated>true</IsTruncated><NextContinuationToken>${token}</NextContinuationToken>`
    : '<IsTruncated>false</IsTruncated>';
  response.setHeader('content-type', 'application/xml');
  response.end(`<?xml version="1.0"?><ListBucketResult>${contents.join('')}${more}</ListBucketResult>`);
}

const answerError = (response: ServerResponse, status: number, code: string) =>
  response.writeHead(status).end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>said so</Message></Error>`);

contract('s3-objects', {
  open,
  serve: (request, response, { body }) =>
    isList(request) ? answerList(response, [{ key: 'data/a' }]) : body(response),
  serveNothing: (_, response) => answerList(response, []),
});

describe('s3-objects', () => {
  let server: FaultyServer;
  beforeEach(async () => {
    server = await faultyServer();
  });
  afterEach(() => server.close());

  const holding = (entries: Entry[]) => {
    server.handle = (request, response) =>
      isList(request) ? answerList(response, entries) : response.end(request.url?.split('?')[0]);
    return open(server.url);
  };
  const names = async (entries: Entry[]) =>
    (await collect(holding(entries).list(interval, never))).map(({ name }) => name);

  test('the start belongs to the interval, the end does not', async () => {
    const found = await names([
      { key: 'data/before', modified: '2022-11-24T09:59:59.999Z' },
      { key: 'data/start', modified: '2022-11-24T10:00:00.000Z' },
      { key: 'data/last', modified: '2022-11-24T10:59:59.999Z' },
      { key: 'data/end', modified: '2022-11-24T11:00:00.000Z' },
    ]);
    expect(found).toEqual(['data/start', 'data/last']);
  });

  test('oldest first, then by key', async () => {
    const found = await names([
      { key: 'data/b', modified: '2022-11-24T10:00:09Z' },
      { key: 'data/c', modified: '2022-11-24T10:00:01Z' },
      { key: 'data/a', modified: '2022-11-24T10:00:09Z' },
    ]);
    expect(found).toEqual(['data/c', 'data/a', 'data/b']);
  });

  test('more objects than are opened ahead arrive in order', async () => {
    const entries = Array.from({ length: 50 }, (_, index) => ({ key: `data/${100 + index}` }));
    const bodies = await readAll(holding(entries));
    expect(bodies.map(String)).toEqual(entries.map(({ key }) => `/events/${key}`));
  });

  test('every page is read', async () => {
    server.handle = (request, response) => {
      if (!isList(request)) response.end('x');
      else if (request.url?.includes('continuation-token=next')) answerList(response, [{ key: 'data/2' }]);
      else answerList(response, [{ key: 'data/1' }], 'next');
    };
    expect(await readAll(open(server.url))).toHaveLength(2);
  });

  test('a prefix with times is asked for once for each of the interval', async () => {
    const prefixes: (string | null)[] = [];
    server.handle = (request, response) => {
      const prefix = new URL(request.url ?? '', server.url).searchParams.get('prefix');
      if (isList(request)) prefixes.push(prefix);
      if (!isList(request)) response.end('x');
      else answerList(response, [{ key: `${prefix}a` }]);
    };
    const hourly = s3Objects({ ...declared, prefix: 'd/{start:date}/{start:%H}/', lookback: '1 hour' });
    const found = await collect(openSource(hourly, { address: server.url }).list(interval, never));
    expect(prefixes).toEqual(['d/2022-11-24/09/', 'd/2022-11-24/10/']);
    expect(found.map(({ name }) => name)).toEqual(['d/2022-11-24/09/a', 'd/2022-11-24/10/a']);
  });

  test('folders are no objects', async () => {
    expect(await names([{ key: 'data/' }, { key: 'data/a' }])).toEqual(['data/a']);
  });

  test('gzip is told by the first bytes, whatever the key says', async () => {
    const [object] = await collect(holding([{ key: 'data/a.json.gz' }]).list(interval, never));
    expect(object?.gzip).toBe(false);
  });

  test('anonymous requests carry no signature', async () => {
    await readAll(holding([{ key: 'data/a' }]));
    expect(server.requests).toHaveLength(2);
    for (const { headers } of server.requests) expect(headers).not.toHaveProperty('authorization');
  });

  test('odd keys are asked for as they are', async () => {
    const [body] = await readAll(holding([{ key: "data/a b+c(1)'ü.json" }]));
    expect(decodeURIComponent(String(body))).toBe("/events/data/a b+c(1)'ü.json");
  });

  test('a missing bucket is named', async () => {
    server.handle = (_, response) => answerError(response, 404, 'NoSuchBucket');
    await expect(readAll(open(server.url))).rejects.toMatchObject({
      name: 'SourceNotFound',
      message: expect.stringContaining('s3://events/data/'),
    });
  });

  test('AccessDenied is a refusal', async () => {
    server.handle = (_, response) => answerError(response, 403, 'AccessDenied');
    await expect(readAll(open(server.url))).rejects.toMatchObject({ name: 'SourceRefused' });
  });

  test('SlowDown may pass', async () => {
    server.handle = (_, response) => answerError(response, 503, 'SlowDown');
    await expect(readAll(open(server.url))).rejects.toMatchObject({ name: 'TransientError' });
  });

  test.each([
    ['gone', 404, 'NoSuchKey'],
    ['replaced', 412, 'PreconditionFailed'],
  ])('an object that is %s since it was listed may pass', async (_, status, code) => {
    server.handle = (request, response) =>
      isList(request) ? answerList(response, [{ key: 'data/a' }]) : answerError(response, status, code);
    await expect(readAll(open(server.url))).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('changed after it was listed'),
    });
  });

  test('a server without If-Match shows another etag', async () => {
    server.handle = (request, response) =>
      isList(request) ? answerList(response, [{ key: 'data/a' }]) : response.setHeader('etag', '"e2"').end('new');
    await expect(readAll(open(server.url))).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('expected etag e1, got e2'),
    });
  });

  test('stopping early leaves nothing open', async () => {
    const driver = holding(Array.from({ length: 20 }, (_, index) => ({ key: `data/${index}` })));
    for await (const object of driver.list(interval, never)) {
      expect(object.name).toBe('data/0');
      break;
    }
  });

  test('keys that are not like the pattern are left out', async () => {
    const source = s3Objects({ ...declared, keys: '**/*.json' });
    const entries = [{ key: 'data/a.json' }, { key: 'data/b.csv' }, { key: 'data/x/c.json' }];
    server.handle = (request, response) => (isList(request) ? answerList(response, entries) : response.end('x'));
    const found = await collect(openSource(source, { address: server.url }).list(interval, never));
    expect(found.map(({ name }) => name)).toEqual(['data/a.json', 'data/x/c.json']);
  });

  describe('with times in keys and prefix', () => {
    const keyed = s3Objects({ ...declared, keys: '{start:%Y%m%d%H}-*.json' });
    const at = (hour: number) => ({
      start: `2022-11-24T${hour}:00:00Z`,
      end: `2022-11-24T${hour + 1}:00:00Z`,
    });
    const entries = [
      { key: 'data/2022112410-a.json', modified: '2022-11-24T10:05:00Z' },
      { key: 'data/2022112410-late.json', modified: '2022-11-24T11:05:00Z' },
      { key: 'data/2022112411-a.json', modified: '2022-11-24T11:06:00Z' },
    ];
    const list = async (source: S3ObjectsSource, intervals: Interval[]) => {
      server.handle = (_, response) => answerList(response, entries);
      const found = await collect(listObjects(source, intervals, { address: server.url }, never));
      return found.map(({ key }) => key.slice('data/'.length));
    };

    test('an interval takes the keys of its own times', async () => {
      expect(await list(keyed, [at(10)])).toEqual(['2022112410-a.json']);
      expect(await list(keyed, [at(11)])).toEqual(['2022112411-a.json']);
      const day = { start: '2022-11-24T00:00:00Z', end: '2022-11-25T00:00:00Z' };
      expect(await list(keyed, [day])).toHaveLength(3);
    });

    test('with lookback, those of the times before it too', async () => {
      const late = { ...keyed, lookback: 3_600_000 };
      expect(await list(late, [at(11)])).toEqual(['2022112410-a.json', '2022112410-late.json', '2022112411-a.json']);
    });

    test('several intervals that are listed at once take what each would take by itself', async () => {
      expect(await list(keyed, [at(10), at(11)])).toEqual(['2022112410-a.json', '2022112411-a.json']);
      const folders = s3Objects({ ...declared, prefix: 'data/{start:%Y%m%d%H}-' });
      server.handle = (request, response) => {
        const prefix = new URL(request.url ?? '', server.url).searchParams.get('prefix') ?? '';
        answerList(
          response,
          entries.filter(({ key }) => key.startsWith(prefix)),
        );
      };
      const found = await collect(listObjects(folders, [at(10), at(11)], { address: server.url }, never));
      expect(found.map(({ key }) => key)).toEqual(['data/2022112410-a.json', 'data/2022112411-a.json']);
    });
  });

  describe('with the time of the key', () => {
    const timed = s3Objects({ ...declared, prefix: 'logs/', timeFrom: { key: '%Y/%m/%d/%H/*' } });
    const entries = ['09/a', '10/a', '10/b', '11/a', '12/broken'].map((rest) => ({
      key: `logs/2022/11/24/${rest}`,
      modified: '2022-11-30T00:00:00Z',
    }));
    const list = async (given: Entry[]) => {
      server.handle = (request, response) => (isList(request) ? answerList(response, given) : response.end('x'));
      const found = await collect(openSource(timed, { address: server.url }).list(interval, never));
      return found.map(({ name }) => name);
    };

    test('an object is of the interval that its key says, and only keys from there on are listed', async () => {
      expect(await list(entries)).toEqual(['logs/2022/11/24/10/a', 'logs/2022/11/24/10/b']);
      const [{ url = '' } = {}] = server.requests;
      expect(new URL(url, server.url).searchParams.get('start-after')).toBe('logs/2022/11/24/10/');
    });

    test('a key without a time is a fault, not left out in silence', async () => {
      await expect(list([{ key: 'logs/2022/11/24/10/x/y' }])).rejects.toMatchObject({
        name: 'InvalidDefinition',
        message: expect.stringContaining('s3://events/logs/2022/11/24/10/x/y has no time that timeFrom.key reads'),
      });
    });
  });

  test('who asks pays, where the bucket wants it', async () => {
    server.handle = (request, response) =>
      isList(request) ? answerList(response, [{ key: 'data/a' }]) : response.end('x');
    await readAll(openSource(s3Objects({ ...declared, requesterPays: true }), { address: server.url }));
    expect(server.requests.map(({ headers }) => headers['x-amz-request-payer'])).toEqual(['requester', 'requester']);
  });

  test('a role is assumed, and its credentials sign what is asked, at an endpoint of its own', async () => {
    const answer = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
      <AccessKeyId>ROLEKEY</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>planted</SessionToken>
      <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
    server.handle = (request, response) => {
      if (request.method === 'POST') response.setHeader('content-type', 'text/xml').end(answer);
      else if (isList(request)) answerList(response, [{ key: 'data/a' }]);
      else response.end('x');
    };
    vi.stubEnv('AWS_ENDPOINT_URL_STS', server.url);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'own');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'own');
    const role = 'arn:aws:iam::123456789012:role/reader';
    await readAll(openSource(s3Objects({ ...declared, anonymous: false, role, endpoint: server.url })));
    vi.unstubAllEnvs();
    const [asked, ...signed] = server.requests.map(({ headers }) => headers.authorization ?? '');
    expect(asked).toContain('Credential=own/');
    expect(signed).toHaveLength(2);
    for (const one of signed) expect(one).toContain('Credential=ROLEKEY/');
  });
});

import { fork } from 'node:child_process';
import { CancelStatementCommand, DescribeStatementCommand, ListStatementsCommand } from '@aws-sdk/client-redshift-data';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redshiftData, type Faults, type RedshiftData } from '../support/redshift-data.js';

let data: RedshiftData;
beforeAll(async () => {
  data = await redshiftData();
  await data.ok('create table marks (name varchar(50))');
});
afterEach(() => data.faults([]));
afterAll(() => data?.close());

const mark = (name: string) => [`insert into marks values ('${name}')`, 'select count(*) from marks'];
const marked = async (name: string) => (await data.rows(`select 1 from marks where name = '${name}'`)).length;
const struck = async () =>
  ((await (await fetch(`${data.server.url}/faults`)).json()) as { struck: number }[]).map((one) => one.struck);

describe('a fault of the run fails the statement and leaves nothing', () => {
  const cases: [string, Faults[number], RegExp][] = [
    ['conflict', { fault: 'conflict' }, /^ERROR: 1023 DETAIL: Serializable isolation violation/],
    ['conflict-2', { fault: 'conflict', step: 2 }, /^Query #2 failed with ERROR: 1023/],
    ['disconnect', { fault: 'disconnect' }, /connection lost/],
    ['disconnect-1', { fault: 'disconnect', step: 1 }, /^Query #1 failed with .*connection lost/],
  ];
  test.each(cases)('%s', async (name, fault, error) => {
    await data.faults([{ ...fault, match: `${name}*` }]);
    const failed = await data.run(mark(name), { StatementName: `${name}:run` });
    expect(failed).toMatchObject({ Status: 'FAILED', Error: expect.stringMatching(error) });
    expect(await marked(name)).toBe(0);
    expect((await data.run(mark(name), { StatementName: `${name}:run` })).Status).toBe('FINISHED');
    expect(await struck()).toEqual([1]);
  });
});

test('a connection that breaks after the commit does not hide it', async () => {
  await data.faults([{ fault: 'disconnect', step: 'committed' }]);
  expect((await data.run(mark('hidden'), { StatementName: 'hidden' })).Status).toBe('FINISHED');
  expect(await marked('hidden')).toBe(1);
  expect(await struck()).toEqual([1]);
});

describe('a request that is refused runs nothing, as often as was asked for', () => {
  const cases: [Faults[number]['fault'], object][] = [
    ['throttle', { name: 'ThrottlingException', $metadata: { httpStatusCode: 400 } }],
    ['paused', { name: 'ValidationException', message: expect.stringContaining('paused') }],
    ['unavailable', { name: 'BatchExecuteStatementException', $metadata: { httpStatusCode: 500 } }],
  ];
  test.each(cases)('%s', async (fault, error) => {
    await data.faults([{ match: 'refused', fault, times: 2 }]);
    for (let n = 0; n < 2; n++)
      await expect(data.submit(mark(fault), { StatementName: 'refused' })).rejects.toMatchObject(error);
    expect(await marked(fault)).toBe(0);
    await data.ok('select 1', { StatementName: 'untouched' });
    expect((await data.run(mark(fault), { StatementName: 'refused' })).Status).toBe('FINISHED');
  });
});

test('a fault can strike another operation, by the name of its statement', async () => {
  const { Id } = await data.ok('select 1', { StatementName: 'told' });
  await data.faults([{ match: 'told', operation: 'DescribeStatement', fault: 'throttle' }]);
  await expect(data.ended(Id)).rejects.toMatchObject({ name: 'ThrottlingException' });
  expect((await data.ended(Id)).Status).toBe('FINISHED');
});

describe('a lost answer is found by its token and by its name', () => {
  const cases: [string, Faults[number], boolean][] = [
    ['before it was heard', { fault: 'lost-request' }, false],
    ['while it runs', { fault: 'lost-response' }, true],
    ['after it has committed', { fault: 'lost-response', step: 'committed' }, true],
  ];
  test.each(cases)('%s', async (name, fault, hasRun) => {
    await data.faults([fault]);
    const more = { StatementName: `lost:${name}`, ClientToken: name };
    await expect(data.submit(mark(name), more)).rejects.toThrow(/socket|ECONNRESET/i);
    const { Statements } = await data.client.send(
      new ListStatementsCommand({ StatementName: more.StatementName, Status: 'ALL' }),
    );
    expect(Statements?.length).toBe(hasRun ? 1 : 0);
    const done = await data.run(mark(name), more);
    if (hasRun) expect(done.Id).toBe(Statements?.[0]?.Id);
    expect(done.Status).toBe('FINISHED');
    expect(await marked(name)).toBe(1);
  });
});

test('a slow statement can be cancelled', async () => {
  await data.faults([{ fault: 'slow', step: 2, seconds: 60 }]);
  const { Id } = await data.submit(mark('slow'), { WaitTimeSeconds: 1 });
  const seen = await data.client.send(new DescribeStatementCommand({ Id }));
  expect(seen.SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'STARTED']);
  await data.client.send(new CancelStatementCommand({ Id }));
  const done = await data.ended(Id);
  expect(done.Status).toBe('ABORTED');
  expect(done.SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'ABORTED']);
  expect(await marked('slow')).toBe(0);
});

test('a warehouse that resumes keeps statements waiting', async () => {
  await data.faults([{ fault: 'slow', step: 'submitted', seconds: 2 }]);
  const { Id } = await data.submit('select 1');
  expect((await data.client.send(new DescribeStatementCommand({ Id }))).Status).toMatch(/SUBMITTED|PICKED/);
  expect((await data.ended(Id)).Status).toBe('FINISHED');
});

test('all connections lost at once: what ran has failed, and the next statement runs', async () => {
  await data.faults([{ fault: 'slow', step: 'commit', seconds: 60 }]);
  const { Id } = await data.submit(mark('all'), { WaitTimeSeconds: 1 });
  const admin = new pg.Client({ ...data.stack.postgres, database: 'postgres' });
  await admin.connect();
  await admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  await admin.end();
  expect(await data.ended(Id)).toMatchObject({ Status: 'FAILED', Error: expect.stringContaining('connection lost') });
  expect(await marked('all')).toBe(0);
});

test('faults that are not known are refused, and tell why', async () => {
  await expect(data.faults([{ fault: 'rain' } as never])).rejects.toThrow(/0\.fault.*conflict/);
});

test('a server started without them has no faults', async () => {
  const plain = await data.start({ faults: false });
  expect((await fetch(`${plain.url}/faults`, { method: 'PUT', body: '[]' })).status).toBe(400);
  await plain.close();
});

describe('two servers on one PostgreSQL', () => {
  test('one that starts leaves the statements of the other alone, sees and cancels them', async () => {
    await data.faults([{ fault: 'slow', seconds: 60 }]);
    const { Id } = await data.submit('select 1', { WaitTimeSeconds: 1 });
    const second = await data.start();
    const by = data.connect(second.url);
    expect((await by.send(new DescribeStatementCommand({ Id }))).Status).toBe('STARTED');
    expect(await by.send(new CancelStatementCommand({ Id }))).toMatchObject({ Status: true });
    expect((await data.ended(Id, by)).Status).toBe('ABORTED');
    expect((await data.ended(Id)).Status).toBe('ABORTED');
    await second.close();
  });

  test.each([
    ['before its commit was rolled back', 'commit', 'FAILED', 0],
    ['after its commit has finished', 'committed', 'FINISHED', 1],
  ] as const)('what the other ran when it was killed %s', async (_, step, status, count) => {
    const { postgres, s3 } = data.stack;
    const child = fork('redshift-local/main.ts', {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        ...process.env,
        PGPORT: String(postgres.port),
        PGUSER: postgres.user,
        PGPASSWORD: postgres.password,
        AWS_ENDPOINT_URL_S3: s3.endpoint,
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
        AWS_REGION: s3.region,
        REDSHIFT_DATA_FAULTS: 'on',
      },
    });
    const url = await new Promise<string>((resolve) =>
      child.stdout?.on('data', (text: Buffer) => resolve(/http:\S+/.exec(String(text))?.[0] ?? '')),
    );
    const watcher = new pg.Client({ ...postgres, database: 'postgres' });
    await watcher.connect();
    try {
      await data.faults([{ fault: 'slow', step, seconds: 60 }], url);
      const { Id } = await data.submit(mark(`killed:${step}`), { StatementName: 'killed' }, data.connect(url));
      // asleep where the fault holds it
      const asleep = `select 1 from pg_stat_activity where query = 'select pg_sleep($1)'`;
      await expect.poll(async () => (await watcher.query(asleep)).rowCount, { timeout: 10_000 }).toBe(1);
      child.kill('SIGKILL');
      expect(await data.ended(Id)).toMatchObject({ Status: status });
      expect(await marked(`killed:${step}`)).toBe(count);
    } finally {
      child.kill('SIGKILL');
      await watcher.end();
    }
  });
});

import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  GetStatementResultV2Command,
  ListDatabasesCommand,
  ListSchemasCommand,
  ListStatementsCommand,
  ListTablesCommand,
  paginateListTables,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { place, redshiftData, type RedshiftData } from '../support/redshift-data.js';

let data: RedshiftData;
beforeAll(async () => {
  data = await redshiftData({
    keys: [
      { accessKeyId: 'other', secretAccessKey: 'othersecret' },
      { accessKeyId: 'again', secretAccessKey: 'againsecret', role: 'local' },
    ],
  });
  await data.ok([
    'create schema shop',
    `create table shop.sales (id bigint not null, price decimal(10, 2) default 1.5, note varchar(20), at timestamp, ok boolean, data super)`,
    'create table shop.stock (id integer)',
    'create view shop.cheap as select id, price from shop.sales where price < 10',
    `insert into shop.sales values (1, 2.5, 'a "quoted", text', '2022-11-24 10:00:00', true, json_parse('{"a": 1}')), (2, null, '', null, null, null)`,
  ]);
});
afterAll(() => data?.close());

const get = (Id: string | undefined, NextToken?: string) =>
  data.client.send(new GetStatementResultCommand({ Id, NextToken }));

describe('what a statement tells of itself', () => {
  test('a statement: times, ids, rows, user', async () => {
    await data.ok([
      `create user anna password 'Secret123'`,
      'grant usage on schema shop to anna',
      'grant select on shop.sales to anna',
    ]);
    const done = await data.ok('select id from shop.sales', { StatementName: 'look', DbUser: 'anna' });
    expect(done).toMatchObject({
      Status: 'FINISHED',
      HasResultSet: true,
      ResultRows: 2,
      QueryString: 'select id from shop.sales',
      DbUser: 'anna',
      Database: 'postgres',
      WorkgroupName: 'local',
      ResultFormat: 'JSON',
    });
    expect(done.Duration).toBeGreaterThan(100_000);
    expect(done.RedshiftPid).toBeGreaterThan(0);
    expect(done.RedshiftQueryId).toBeGreaterThan(0);
    expect(done.UpdatedAt?.getTime()).toBeGreaterThanOrEqual(done.CreatedAt?.getTime() ?? Infinity);
  });

  test('a wait for the end is answered with the end', async () => {
    const done = await data.submit('select 1', { WaitTimeSeconds: 20 });
    expect(done).toMatchObject({ Status: 'FINISHED', HasResultSet: true });
    expect((await data.submit('select 1')).Status).toBeUndefined();
  });

  test('one statement of a batch is described by its own id', async () => {
    const { Id, SubStatements } = await data.ok([
      'create table shop.none (n integer)',
      'select 1',
      'drop table shop.none',
    ]);
    expect(SubStatements?.map((sub) => [sub.Id, sub.HasResultSet])).toEqual([
      [`${Id}:1`, false],
      [`${Id}:2`, true],
      [`${Id}:3`, false],
    ]);
    const second = await data.client.send(new DescribeStatementCommand({ Id: `${Id}:2` }));
    expect(second).toMatchObject({ Id: `${Id}:2`, QueryString: 'select 1', ResultRows: 1 });
    expect(new Set(SubStatements?.map((sub) => sub.RedshiftQueryId)).size).toBe(3);
    await expect(data.client.send(new DescribeStatementCommand({ Id: `${Id}:4` }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      ResourceId: `${Id}:4`,
    });
  });
});

describe('results', () => {
  test('columns are described as the driver does', async () => {
    const { Id } = await data.ok('select id, price, note, at, ok, data, id + 1 as more from shop.sales');
    const { ColumnMetadata } = await get(Id);
    const of = (name: string) => ColumnMetadata?.find((column) => column.name === name);
    expect(of('id')).toEqual({
      name: 'id',
      label: 'id',
      typeName: 'int8',
      nullable: 0,
      precision: 19,
      scale: 0,
      length: 0,
      isCaseSensitive: false,
      isCurrency: false,
      isSigned: true,
      schemaName: 'shop',
      tableName: 'sales',
    });
    expect(of('price')).toMatchObject({ typeName: 'numeric', precision: 10, scale: 2, nullable: 1 });
    expect(of('note')).toMatchObject({ typeName: 'varchar', precision: 20, isCaseSensitive: true, isSigned: false });
    expect(of('at')).toMatchObject({ typeName: 'timestamp', precision: 29, scale: 6 });
    expect(of('data')).toMatchObject({ typeName: 'super' });
    expect(of('more')).toMatchObject({ schemaName: '', tableName: '' });
  });

  test('CSV comes with a header, quotes and empty NULLs', async () => {
    const { Id, ResultFormat } = await data.ok('select id, price, note, ok, data from shop.sales order by id', {
      ResultFormat: 'CSV',
    });
    expect(ResultFormat).toBe('CSV');
    const result = await data.client.send(new GetStatementResultV2Command({ Id }));
    expect(result.Records).toEqual([
      {
        CSVRecords: 'id,price,note,ok,data\r\n1,2.50,"a ""quoted"", text",true,"{""a"":1}"\r\n2,,"",,\r\n',
      },
    ]);
    expect(result).toMatchObject({ TotalNumRows: 2, ResultFormat: 'CSV' });
    await expect(get(Id)).rejects.toThrow(/GetStatementResultV2/);
  });

  test('CSV of many rows comes in pages with one header', async () => {
    const wide = `repeat('x', 30000)`;
    const many = Array.from({ length: 50 }, (_, n) => `select ${n} as n, ${wide} as s`).join(' union all ');
    const { Id } = await data.ok(many, { ResultFormat: 'CSV' });
    let text = '';
    let pages = 0;
    let NextToken: string | undefined;
    do {
      const page = await data.client.send(new GetStatementResultV2Command({ Id, NextToken }));
      text += page.Records?.map((record) => record.CSVRecords).join('') ?? '';
      pages++;
      ({ NextToken } = page);
    } while (NextToken);
    expect(pages).toBe(2);
    const lines = text.trim().split('\r\n');
    expect(lines[0]).toBe('n,s');
    expect(lines.slice(1).map((line) => Number(line.split(',')[0]))).toEqual([...Array(50).keys()]);
  });

  test('an empty result has columns and no rows', async () => {
    const { Id, HasResultSet, ResultRows } = await data.ok('select id from shop.stock');
    expect({ HasResultSet, ResultRows }).toEqual({ HasResultSet: true, ResultRows: 0 });
    expect(await get(Id)).toMatchObject({ Records: [], TotalNumRows: 0, ColumnMetadata: [{ name: 'id' }] });
  });

  test('what has none says so', async () => {
    const { Id } = await data.ok('insert into shop.stock values (1)');
    await expect(get(Id)).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('Query does not have result'),
    });
    await data.ok('delete from shop.stock');
  });

  test('a page token belongs to its result', async () => {
    const { Id } = await data.ok('select 1');
    await expect(get(Id, Buffer.from('x:1/1').toString('base64url'))).rejects.toThrow(/NextToken is not valid/);
  });

  test('a row above 64 KB is refused', async () => {
    expect((await data.run(`select repeat('x', 65000) as a, repeat('y', 600) as b`)).Error).toMatch(
      /Packet for query is too large.*65600 bytes/,
    );
  });
});

describe('the catalog', () => {
  const { client: _, ...at } = { client: 0, ...place };

  test('databases', async () => {
    const { Databases } = await data.client.send(new ListDatabasesCommand(at));
    expect(Databases).toEqual(['postgres']);
  });

  test('schemas, by pattern', async () => {
    const all = await data.client.send(new ListSchemasCommand(at));
    expect(all.Schemas).toEqual(['information_schema', 'pg_catalog', 'public', 'shop']);
    const some = await data.client.send(new ListSchemasCommand({ ...at, SchemaPattern: 's%p' }));
    expect(some.Schemas).toEqual(['shop']);
  });

  test('tables and views, by pattern and in pages', async () => {
    const shop = { ...at, SchemaPattern: 'shop' };
    const { Tables } = await data.client.send(new ListTablesCommand(shop));
    expect(Tables).toEqual([
      { schema: 'shop', name: 'cheap', type: 'VIEW' },
      { schema: 'shop', name: 'sales', type: 'TABLE' },
      { schema: 'shop', name: 'stock', type: 'TABLE' },
    ]);
    const one = await data.client.send(new ListTablesCommand({ ...shop, TablePattern: 'st_ck' }));
    expect(one.Tables?.map(({ name }) => name)).toEqual(['stock']);
    const pages: string[][] = [];
    for await (const page of paginateListTables({ client: data.client, pageSize: 2 }, shop))
      pages.push(page.Tables?.map(({ name }) => name ?? '') ?? []);
    expect(pages).toEqual([['cheap', 'sales'], ['stock']]);
  });

  test('external tables, without what they have behind them', async () => {
    await data.ok(
      `create external schema spectrum from data catalog database 'lake' iam_role 'arn:aws:iam::123456789012:role/read'`,
    );
    await data.ok(
      `create external table spectrum.far (id integer) partitioned by (dt date) stored as parquet location 's3://lake/far/'`,
    );
    const spectrum = { ...at, SchemaPattern: 'spectrum' };
    expect((await data.client.send(new ListTablesCommand(spectrum))).Tables).toEqual([
      { schema: 'spectrum', name: 'far', type: 'EXTERNAL TABLE' },
    ]);
    const { ColumnList } = await data.client.send(
      new DescribeTableCommand({ ...at, Schema: 'spectrum', Table: 'far' }),
    );
    expect(ColumnList?.map(({ name }) => name)).toEqual(['id', 'dt']);
  });

  test('columns', async () => {
    const described = await data.client.send(new DescribeTableCommand({ ...at, Schema: 'shop', Table: 'sales' }));
    expect(described.TableName).toBe('sales');
    expect(
      described.ColumnList?.map(({ name, typeName, nullable, length }) => [name, typeName, nullable, length]),
    ).toEqual([
      ['id', 'int8', 0, 19],
      ['price', 'numeric', 1, 10],
      ['note', 'varchar', 1, 20],
      ['at', 'timestamp', 1, 29],
      ['ok', 'bool', 1, 1],
      ['data', 'super', 1, 0],
    ]);
    expect(described.ColumnList?.[1]?.columnDefault).toBe('1.5');
    const missing = await data.client.send(new DescribeTableCommand({ ...at, Schema: 'shop', Table: 'none' }));
    expect(missing.ColumnList).toEqual([]);
  });

  test('a database that is not there cannot be connected to', async () => {
    await expect(
      data.client.send(new ListTablesCommand({ ...at, ConnectedDatabase: 'nowhere' })),
    ).rejects.toMatchObject({ name: 'DatabaseConnectionException', $metadata: { httpStatusCode: 500 } });
    const done = await data.run('select 1', { Database: 'nowhere' });
    expect(done).toMatchObject({
      Status: 'FAILED',
      Error: expect.stringContaining('database "nowhere" does not exist'),
    });
  });
});

describe('a batch that commits one by one', () => {
  test('a failure leaves the others as they are', async () => {
    const done = await data.run(
      [
        'create table shop.one (n integer)',
        'insert into shop.one values (1)',
        'select 1/0',
        'insert into shop.one values (2)',
        'select n from shop.one order by n',
      ],
      { ExecutionMode: 'AUTO_COMMIT' },
    );
    expect(done.Status).toBe('FAILED');
    expect(done.Error).toMatch(/^Query #3 failed with ERROR: division by zero/);
    expect(done.SubStatements?.map(({ Status }) => Status)).toEqual([
      'FINISHED',
      'FINISHED',
      'FAILED',
      'FINISHED',
      'FINISHED',
    ]);
    expect((await get(`${done.Id}:5`)).Records).toEqual([[{ longValue: 1 }], [{ longValue: 2 }]]);
  });

  test('what cannot run in a transaction runs here', async () => {
    await data.ok(['insert into shop.stock values (1)', 'vacuum shop.stock', 'truncate shop.stock'], {
      ExecutionMode: 'AUTO_COMMIT',
    });
    expect((await data.run(['vacuum shop.stock'])).Status).toBe('FAILED');
  });

  test('a transaction of its own, read only, is rolled back', async () => {
    const wrapped = (sql: string) => ["set application_name to 'x/1'", 'begin read only', sql, 'rollback'];
    const mode = { ExecutionMode: 'AUTO_COMMIT' as const };
    const read = await data.ok(wrapped('select count(*) from shop.sales'), mode);
    expect((await get(`${read.Id}:3`)).Records).toEqual([[{ longValue: 2 }]]);
    const write = await data.run(wrapped('insert into shop.stock values (9)'), mode);
    expect(write.SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'FINISHED', 'FAILED', 'FINISHED']);
    expect(write.Error).toMatch(/read-only transaction/);
    const open = await data.ok(['begin', 'insert into shop.stock values (9)'], mode);
    expect(open.Status).toBe('FINISHED');
    expect(await data.rows('select id from shop.stock')).toEqual([]);
  });

  test('transaction control is refused where the batch is the transaction', async () => {
    expect((await data.run(['begin', 'select 1', 'commit'])).Error).toMatch(
      /AUTO_COMMIT \[rule: transaction control\]/,
    );
  });
});

describe('what the service refuses', () => {
  const send = (input: object) =>
    data.client.send(new ExecuteStatementCommand({ Sql: 'select 1', ...place, ...input }));
  const invalid: [string, object, RegExp][] = [
    ['no place', { WorkgroupName: undefined }, /Either ClusterIdentifier or WorkgroupName/],
    ['two places', { ClusterIdentifier: 'c' }, /Only one of ClusterIdentifier and WorkgroupName/],
    ['no database', { Database: undefined }, /Database name is required/],
    ['a wait above 30 s', { WaitTimeSeconds: 31 }, /WaitTimeSeconds/],
    ['an unknown format', { ResultFormat: 'XML' }, /ResultFormat/],
    ['an empty SQL', { Sql: ' -- nothing\n' }, /must not be empty/],
    ['two statements', { Sql: 'select 1; select 2' }, /Multiple sql statements/],
    ['a SQL above 100 KB', { Sql: `select '${'ä'.repeat(52_000)}'` }, /100 KB/],
    ['a value that is no text', { Sql: 'select :a', Parameters: [{ name: 'a', value: 1 }] }, /Parameters.0.value/],
    ['a keep-alive above a day', { SessionKeepAliveSeconds: 86_401 }, /SessionKeepAliveSeconds/],
    ['no statement id', { SessionId: 'x' }, /SessionId/],
    ['U+0000', { Sql: "select 'a\0b'" }, /U\+0000/],
  ];
  test.each(invalid)('%s', (_, input, message) =>
    expect(send(input)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    }),
  );

  test('a batch above 40 statements', () =>
    expect(
      data.client.send(new BatchExecuteStatementCommand({ ...place, Sqls: Array(41).fill('select 1') })),
    ).rejects.toThrow(/Sqls/));

  const parameters: [string, object[], string, RegExp][] = [
    ['an unused parameter', [{ name: 'a', value: '1' }], 'select 1', /unused parameters: \[a\]/i],
    ['one that is missing', [{ name: 'a', value: '1' }], 'select :a, :b', /not found for: \[b\]/],
    ['an empty value', [{ name: 'a', value: '' }], 'select :a', /is empty/],
    ['an empty name', [{ name: '', value: '1' }], 'select 1', /is empty/],
    ['a name in a literal', [{ name: 'a', value: '1' }], `select ':a', 1::int /* :a */ -- :a`, /unused/],
    [
      'a name given twice',
      [
        { name: 'a', value: '1' },
        { name: 'a', value: '2' },
      ],
      'select :a',
      /more than once/,
    ],
  ];
  test.each(parameters)('%s', (_, Parameters, Sql, message) =>
    expect(send({ Sql, Parameters })).rejects.toThrow(message),
  );

  test('each parameter of a batch is used by at least one statement', async () => {
    const Parameters = [
      { name: 'a', value: '1' },
      { name: 'b', value: 'x' },
    ];
    const done = await data.ok(['select :a::int', 'select :b', 'select 1'], { Parameters });
    expect((await get(`${done.Id}:2`)).Records).toEqual([[{ stringValue: 'x' }]]);
    await expect(data.submit(['select :a', 'select 1'], { Parameters })).rejects.toThrow(/unused parameters: \[b\]/i);
  });

  test('a secret names its cluster', async () => {
    const done = await data.run('select 1', {
      WorkgroupName: undefined,
      SecretArn: 'arn:aws:secretsmanager:us-east-1:1:secret:x',
    });
    expect(done).toMatchObject({ Status: 'FINISHED', SecretArn: expect.stringContaining('secret:x') });
  });

  test('the result of a batch is asked for by statement', async () => {
    const { Id } = await data.ok(['select 1']);
    await expect(get(Id)).rejects.toThrow(/can only be retrieved with sub-statement id/);
  });
});

describe('whose statements they are', () => {
  test('another principal sees, gets and cancels nothing', async () => {
    const { Id } = await data.ok('select 1', { StatementName: 'mine' });
    const other = data.connect(undefined, 'other', 'othersecret');
    await expect(data.ended(Id, other)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(other.send(new GetStatementResultCommand({ Id }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await expect(other.send(new CancelStatementCommand({ Id }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    expect((await other.send(new ListStatementsCommand({ Status: 'ALL' }))).Statements).toEqual([]);
  });

  test('another key of the role sees them, its own alone when it asks so', async () => {
    const again = data.connect(undefined, 'again', 'againsecret');
    await data.ok('select 1', { StatementName: 'role:first' });
    await data.run('select 2', { StatementName: 'role:second' }, again);
    const names = async (RoleLevel: boolean) =>
      (await again.send(new ListStatementsCommand({ StatementName: 'role:', RoleLevel }))).Statements?.map(
        ({ StatementName }) => StatementName,
      );
    expect(await names(true)).toEqual(['role:second', 'role:first']);
    expect(await names(false)).toEqual(['role:second']);
  });

  test('a token belongs to its principal', async () => {
    const mine = await data.submit('select 1', { ClientToken: 'shared' });
    const theirs = await data.submit(
      'select 2',
      { ClientToken: 'shared' },
      data.connect(undefined, 'other', 'othersecret'),
    );
    expect(theirs.Id).not.toBe(mine.Id);
  });

  test('lists are filtered by place', async () => {
    await data.ok('select 1', { StatementName: 'place:1', WorkgroupName: undefined, ClusterIdentifier: 'big' });
    await data.ok('select 1', { StatementName: 'place:2' });
    const names = async (where: object) =>
      (await data.client.send(new ListStatementsCommand({ StatementName: 'place:', ...where }))).Statements?.map(
        ({ StatementName }) => StatementName,
      );
    expect(await names({ ClusterIdentifier: 'big' })).toEqual(['place:1']);
    expect(await names({ WorkgroupName: 'local', Database: 'postgres' })).toEqual(['place:2']);
    await expect(names({ WorkgroupName: 'local', ClusterIdentifier: 'big' })).rejects.toThrow(/Only one of/);
  });
});

describe('a signature', () => {
  const wrong: [string, () => ReturnType<RedshiftData['connect']>, string][] = [
    ['with a wrong secret', () => data.connect(undefined, 'local', 'wrong'), 'InvalidSignatureException'],
    ['of an unknown key', () => data.connect(undefined, 'nobody'), 'UnrecognizedClientException'],
    [
      'for another region',
      () => data.connect(undefined, 'local', 'localsecret', 'eu-west-1'),
      'InvalidSignatureException',
    ],
  ];
  test.each(wrong)('%s is refused', (_, connect, name) =>
    expect(connect().send(new ListDatabasesCommand(place))).rejects.toMatchObject({ name }),
  );

  test.each([-3_600_000, 3_600_000])('whose clock is off by %s ms is refused', async (systemClockOffset) => {
    const skewed = data.connect();
    // the SDK would mend its clock and try again
    skewed.config.systemClockOffset = systemClockOffset;
    await expect(skewed.send(new ListDatabasesCommand(place))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
    });
  });

  test('is asked for', async () => {
    const answer = await fetch(data.server.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'RedshiftData.ListDatabases', 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(place),
    });
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([
      400,
      'MissingAuthenticationTokenException',
    ]);
  });
});

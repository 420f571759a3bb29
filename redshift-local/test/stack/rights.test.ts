import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KnownUser } from '../../users.js';
import { redshiftData, type RedshiftData } from '../support/redshift-data.js';

const secretOf = (name: string) => `arn:aws:secretsmanager:us-east-1:1:secret:${name}`;
const users: KnownUser[] = [
  { name: 'IAMR:Loads-It', iamRole: 'Loads-It', databaseRoles: ['writer', 'not_there_yet'] },
  { name: 'ana', secretArn: secretOf('ana'), password: 'Word4Ana', databaseRoles: ['reader'] },
  { name: 'awsuser', secretArn: secretOf('admin') },
];

let data: RedshiftData;
let asLoader: ReturnType<RedshiftData['connect']>;
beforeAll(async () => {
  data = await redshiftData({
    users,
    wire: {},
    keys: [{ accessKeyId: 'loads', secretAccessKey: 'loadssecret', role: 'Loads-It' }],
  });
  asLoader = data.connect(data.server.url, 'loads', 'loadssecret');
  await data.ok(['create role writer', 'create role reader', 'create schema bronze', 'create schema marts']);
  await data.ok('create table bronze.before (n integer)');
});
afterAll(() => data?.close());

/** the error of a statement of the loader, or of whom a secret names; undefined: it worked */
const asIam = async (sql: string | string[]) => (await data.run(sql, {}, asLoader)).Error;
const asAna = async (sql: string) => (await data.run(sql, { SecretArn: secretOf('ana') })).Error;

describe('who signs in', () => {
  test('nobody is a superuser of PostgreSQL: the administrator is what Redshift has', async () => {
    expect(await data.rows('select current_user')).toEqual([['awsuser']]);
    expect(await data.rows("select usesuper from pg_user where usename = 'awsuser'")).toEqual([[true]]);
    const client = new pg.Client({ ...data.stack.postgres, database: 'postgres' });
    await client.connect();
    const { rows } = await client.query("select rolsuper, rolbypassrls from pg_roles where rolname = 'awsuser'");
    await client.end();
    expect(rows).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  });

  test('IAM makes a user of its role, in its case, with the database roles of its tag that exist', async () => {
    const done = await data.run('select current_user', {}, asLoader);
    expect(done.DbUser).toBe('IAMR:Loads-It');
    expect(
      await data.rows("select user_name, role_name from svv_user_grants where user_name like 'IAMR:%' order by 2"),
    ).toEqual([['IAMR:Loads-It', 'writer']]);
    await data.ok('create role not_there_yet');
    await data.run('select 1', {}, asLoader);
    expect(
      await data.rows("select role_name from svv_user_grants where user_name = 'IAMR:Loads-It' order by 1"),
    ).toEqual([['not_there_yet'], ['writer']]);
    await data.ok('grant usage on schema bronze to "IAMR:Loads-It"');
    expect(await asIam('select n from bronze.before')).toBe('ERROR: permission denied for relation before');
    await data.ok('revoke usage on schema bronze from "IAMR:Loads-It"');
    expect(await asIam('select n from bronze.before')).toBe('ERROR: permission denied for schema bronze');
  });

  test('a secret names its user, who has its database roles; an unknown one is refused', async () => {
    expect(await data.rows('select current_user', { SecretArn: secretOf('ana') })).toEqual([['ana']]);
    expect(await data.rows('select current_user', { SecretArn: secretOf('admin') })).toEqual([['awsuser']]);
    await expect(data.run('select 1', { SecretArn: secretOf('gone') })).rejects.toThrow(/can't find the .* secret/);
  });

  test('DbUser names a user that exists, for who may ask for another', async () => {
    expect((await data.run('select 1', { DbUser: 'nobody' })).Error).toContain('user "nobody" does not exist');
    await expect(data.run('select 1', { DbUser: 'awsuser' }, asLoader)).rejects.toThrow(/not authorized to perform/);
  });

  test('on the wire by name and password, with the same rights', async () => {
    const connect = (user: string, password: string) =>
      new pg.Client({ host: '127.0.0.1', port: data.server.wirePort ?? 0, database: 'postgres', user, password });
    const wrong = connect('ana', 'wrong');
    await expect(wrong.connect()).rejects.toThrow(/password authentication failed/);
    const ana = connect('ana', 'Word4Ana');
    await ana.connect();
    try {
      expect((await ana.query('select current_user as who')).rows).toEqual([{ who: 'ana' }]);
      await expect(ana.query('select n from bronze.before')).rejects.toThrow('permission denied for schema bronze');
      await expect(ana.query("create user eve password 'Secret123'")).rejects.toThrow(
        'must be superuser to create users',
      );
    } finally {
      await ana.end();
    }
  });
});

describe('scoped permissions', () => {
  beforeAll(async () => {
    await data.ok('grant usage, create on schema bronze to role writer');
    await data.ok('grant usage on schema bronze to role reader');
    await data.ok('grant select for tables in schema bronze to role reader');
  });

  test('are of objects that are there, and of those that others make later', async () => {
    expect(await asAna('select n from bronze.before')).toBeUndefined();
    expect(await asIam('create table bronze.after (n integer)')).toBeUndefined();
    expect(await asIam('create table bronze.copied as select n from bronze.after')).toBeUndefined();
    expect(await asIam('create view bronze.seen as select n from bronze.after')).toBeUndefined();
    for (const name of ['after', 'copied', 'seen']) expect(await asAna(`select n from bronze.${name}`)).toBeUndefined();
    expect(await asAna('insert into bronze.after values (1)')).toBe('ERROR: permission denied for relation after');
    expect(await data.rows("select count(*) from svv_relation_privileges where namespace_name = 'bronze'")).toEqual([
      [0],
    ]);
  });

  test('are apart from those on single objects', async () => {
    await data.ok('grant select on bronze.before to role reader');
    await data.ok('revoke select on all tables in schema bronze from role reader');
    expect(await asAna('select n from bronze.before')).toBeUndefined();
    await data.ok('grant select on bronze.before to role reader');
    await data.ok('revoke select for tables in schema bronze from role reader');
    expect(await asAna('select n from bronze.before')).toBeUndefined();
    expect(await asAna('select n from bronze.after')).toBe('ERROR: permission denied for relation after');
    await data.ok('create table bronze.later (n integer)');
    expect(await asAna('select n from bronze.later')).toBe('ERROR: permission denied for relation later');
  });

  test('reach over a database: its schemas, and what is in them', async () => {
    await data.ok('grant usage for schemas in database postgres to ana');
    await data.ok('grant select for tables in database postgres to ana');
    await data.ok(['create schema newer', 'create table newer.t (n integer)']);
    expect(await asAna('select n from newer.t')).toBeUndefined();
    await data.ok('revoke all for tables in database postgres from ana');
    expect(await asAna('select n from newer.t')).toBe('ERROR: permission denied for relation t');
    await data.ok('revoke usage for schemas in database postgres from ana');
    expect(await asAna('select n from newer.t')).toBe('ERROR: permission denied for schema newer');
  });

  test('let their holder alter and drop what another owns, who owns it all the same', async () => {
    await data.ok(['create table bronze.given (n integer)', 'create view bronze.given_view as select 1 as n']);
    expect(await asIam('alter table bronze.given add column more integer')).toMatch(/must be owner of relation given/);
    await data.ok('grant alter, drop for tables in schema bronze to role writer');
    expect(await asIam('alter table bronze.given add column more integer')).toBeUndefined();
    expect(await asIam('alter table bronze.given rename to renamed')).toBeUndefined();
    expect(await asIam('alter table bronze.renamed drop column more')).toBeUndefined();
    expect(await data.rows("select table_owner from svv_redshift_tables where table_name = 'renamed'")).toEqual([
      ['awsuser'],
    ]);
    expect(await asIam('select n from bronze.renamed')).toBe('ERROR: permission denied for relation renamed');
    expect(await asIam('drop view bronze.given_view')).toBeUndefined();
    expect(await asIam('drop table bronze.renamed')).toBeUndefined();
    await data.ok('revoke alter, drop for tables in schema bronze from role writer');
  });

  test('are granted by a superuser', async () => {
    expect(await asAna('grant select for tables in schema bronze to ana')).toMatch(/permission denied/);
  });
});

test('default privileges are of what their user makes, and of nobody else', async () => {
  await data.ok('grant usage, create on schema marts to role writer');
  await data.ok('grant usage on schema marts to role reader');
  await data.ok('alter default privileges in schema marts grant select on tables to role reader');
  await data.ok('create table marts.by_admin (n integer)');
  await asIam('create table marts.by_loader (n integer)');
  expect(await asAna('select n from marts.by_admin')).toBeUndefined();
  expect(await asAna('select n from marts.by_loader')).toBe('ERROR: permission denied for relation by_loader');
  await data.ok(
    'alter default privileges for user "IAMR:Loads-It" in schema marts grant select on tables to role reader',
  );
  await asIam('create table marts.by_loader_later (n integer)');
  expect(await asAna('select n from marts.by_loader_later')).toBeUndefined();
});

test('the administrator owns what its users own', async () => {
  await asIam('create table marts.theirs (n integer)');
  await data.ok(['alter table marts.theirs add column more integer', 'insert into marts.theirs values (1, 2)']);
  await data.ok('grant select on marts.theirs to role reader');
  expect(await asAna('select more from marts.theirs')).toBeUndefined();
  expect(await asAna('drop table marts.theirs')).toBe('ERROR: must be owner of relation theirs');
  await data.ok('drop table marts.theirs');
});

test("what PostgreSQL's superuser makes past the rules is the administrator's", async () => {
  const client = new pg.Client({ ...data.stack.postgres, database: 'postgres' });
  await client.connect();
  await client.query('create table marts.past_the_rules (n integer)');
  await client.end();
  expect(await data.rows("select table_owner from svv_redshift_tables where table_name = 'past_the_rules'")).toEqual([
    ['awsuser'],
  ]);
  await data.ok('drop table marts.past_the_rules');
});

test('a late-binding view keeps its owner and grants when another user makes its table again', async () => {
  await asIam('create table marts.seen (n integer)');
  await data.ok(['create schema views', 'create view views.over as select n from marts.seen with no schema binding']);
  await data.ok(['grant usage on schema views to role reader', 'grant select on views.over to role reader']);
  expect(await asAna('select n from views.over')).toBeUndefined();
  expect(await asAna('create or replace view views.over as select 1 as n with no schema binding')).toBe(
    'ERROR: permission denied for schema views',
  );
  expect(await asIam('drop table marts.seen')).toBeUndefined();
  expect(await asAna('drop view views.over')).toMatch(/must be owner of relation over/);
  expect(await asIam('create table marts.seen (n integer, more integer)')).toBeUndefined();
  expect(await asAna('select n from views.over')).toBeUndefined();
  expect(await data.rows("select table_owner from svv_redshift_tables where table_name = 'over'")).toEqual([
    ['awsuser'],
  ]);
});

describe('external tables are made by the owner of their schema', () => {
  const create = `create external table lake.t (n integer) partitioned by (dt date) stored as parquet location 's3://lake/t/'`;
  const part = `alter table lake.t add if not exists partition (dt='2022-11-24') location 's3://lake/t/dt=2022-11-24/'`;
  beforeAll(async () => {
    await data.ok(`create external schema lake from data catalog database 'lake' iam_role default`);
    await data.ok('grant usage on schema lake to role writer, role reader');
  });

  test('who has USAGE alone is refused', async () => {
    expect(await asIam(create)).toBe('ERROR: must be owner of schema lake');
    expect(await asIam(`create external schema other from data catalog database 'x' iam_role default`)).toBe(
      'ERROR: permission denied for database postgres',
    );
  });

  test('the new owner makes tables and partitions, also those that the last one made; who may use the schema reads them', async () => {
    await data.ok(create.replace('lake.t', 'lake.older'));
    await data.ok('alter schema lake owner to "IAMR:Loads-It"');
    expect(await asIam(create)).toBeUndefined();
    expect(await asIam(part)).toBeUndefined();
    expect(await asIam('alter table lake.older add column more integer')).toBeUndefined();
    expect(await asAna('select count(*) from lake.t')).toBeUndefined();
    expect(await asAna(part)).toBe('ERROR: must be owner of schema lake');
    expect(await asAna('alter table lake.t add column more integer')).toBe('ERROR: must be owner of relation t');
    await data.ok(part.replace('lake.t', 'lake.older'));
    expect(await asIam('drop table lake.t')).toBeUndefined();
  });
});

test('a grant on all tables of a schema passes over one that another session drops meanwhile', async () => {
  await data.ok(['create schema swept', 'create table swept.going (a int)', 'create table swept.staying (a int)']);
  await data.ok('create role sweeper');
  const dropping = await data.ok('begin', { SessionKeepAliveSeconds: 60 });
  await data.ok('drop table swept.going', { SessionId: dropping.SessionId });
  const granting = data.run('grant select for tables in schema swept to role sweeper');
  await sleep(500);
  await data.ok('commit', { SessionId: dropping.SessionId });
  expect(await granting).toMatchObject({ Status: 'FINISHED' });
});

test('what is made under a grant on all tables of its schema keeps how it is distributed', async () => {
  await data.ok([
    'create role spread',
    'create schema spread',
    'grant select for tables in schema spread to role spread',
  ]);
  await data.ok([
    'create table spread.base (a int)',
    'create materialized view spread.seen diststyle even as select a from spread.base',
  ]);
  const styles = await data.rows(`select diststyle from svv_table_info where "schema" = 'spread' and "table" = 'seen'`);
  expect(styles).toEqual([['EVEN']]);
});

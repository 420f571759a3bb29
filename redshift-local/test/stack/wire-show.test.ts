import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { redshiftWire, type RedshiftWire } from '../support/redshift-wire.js';

let wire: RedshiftWire;
beforeAll(async () => {
  wire = await redshiftWire(inject('stack').tools.rclone);
});
afterAll(() => wire?.close());

test('SHOW TABLES and SHOW GRANTS name the database, and say what dbt-redshift reads of them', async () => {
  const client = await wire.connect();
  for (const sql of [
    'create schema if not exists "postgres"."shown"',
    'create table shown.t (a int)',
    'create view shown.v as select a from shown.t',
    'create materialized view shown.m as select a from shown.t',
    'create view shown.l as select a from shown.t with no schema binding',
    "create user ann password 'Secret123'",
    'create group readers',
    'grant insert on shown.t to ann',
    'grant select on shown.t to group readers',
  ])
    await client.query(sql);
  const tables = await client.query('show tables from schema "postgres"."shown"');
  expect(tables.rows.map(({ table_name, table_subtype }) => [table_name, table_subtype])).toEqual([
    ['l', 'LATE BINDING VIEW'],
    ['m', 'MATERIALIZED VIEW'],
    ['t', 'REGULAR TABLE'],
    ['v', 'REGULAR VIEW'],
  ]);
  const grants = await client.query('show grants on table "postgres"."shown"."t"');
  expect(grants.rows.map((row) => [row.privilege_type, row.identity_name, row.identity_type])).toEqual([
    ['SELECT', '/readers', 'role'],
    ['INSERT', 'ann', 'user'],
  ]);
  await client.query('drop schema "postgres"."shown" cascade');
});

test('CREATE DATABASE runs by itself, in the extended protocol too', async () => {
  const client = await wire.connect();
  await client.query({ text: 'create database by_itself', name: 'named' });
  await client.query('drop database by_itself');
});

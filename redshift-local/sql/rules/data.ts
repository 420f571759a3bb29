import { copy } from '../statements/copy.js';
import {
  alterExternalTable,
  createExternalSchema,
  createExternalTable,
  dropExternalSchema,
} from '../statements/external.js';
import { unload } from '../statements/unload.js';
import { rewrite, type Rule } from './rule.js';

/** what reads and writes S3 */
export const data: Rule[] = [
  rewrite(
    'copy',
    /^copy (?!job )/,
    "copy s.t (a, b) from 's3://b/_manifest.json' iam_role 'arn:aws:iam::123456789012:role/copy' format as parquet manifest",
    copy,
  ),
  rewrite('unload', /^unload /, "unload ('select a from t') to 's3://b/p/' iam_role default format as parquet", unload),
  rewrite(
    'create external schema',
    /^create external schema /,
    "create external schema s from data catalog database 'd' iam_role default create external database if not exists",
    createExternalSchema,
  ),
  rewrite(
    'create external table',
    /^create external table /,
    "create external table s.t (a bigint) partitioned by (dt date) stored as parquet location 's3://b/t/'",
    createExternalTable,
  ),
  rewrite(
    'alter external table',
    /^alter table [^ ]+( \. [^ ]+)? (add (if not exists )?partition|drop partition|partition|set (location|table properties))\b/,
    "alter table s.t add if not exists partition (dt = '2022-11-24') location 's3://b/t/dt=2022-11-24/'",
    alterExternalTable,
  ),
  rewrite(
    'drop external schema',
    /^drop schema .*\bdrop external database\b/,
    'drop schema s drop external database cascade',
    dropExternalSchema,
  ),
];

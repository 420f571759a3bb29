import { expect, test } from 'vitest';
import { parseCopy } from '../../sql/copy.js';
import { splitStatements, tokenize } from '../../sql/tokens.js';

const role = "iam_role 'arn:aws:iam::123456789012:role/copy'";
const parse = (rest: string) => parseCopy(splitStatements(tokenize(`copy s.t from 's3://b/k' ${rest}`))[0] ?? []);

test.each([
  [`${role} parquet`],
  [`format as parquet iam_role default statupdate on`],
  [`iam_role 'arn:aws:iam::123456789012:role/a,arn:aws-cn:iam::210987654321:role/path/b' format parquet fillrecord`],
  [`credentials 'aws_iam_role=arn:aws:iam::123456789012:role/a' parquet`],
  [`credentials 'aws_access_key_id=A;aws_secret_access_key=B;token=C' csv`],
  [`access_key_id 'A' secret_access_key 'B' session_token 'C' json 'auto'`],
  [`${role} delimiter as '\\t' null as '\\\\N' region 'eu-central-1' compupdate off statupdate false maxerror as 5`],
  [
    `${role} csv quote as '''' ignoreheader as 1 emptyasnull blanksasnull dateformat 'auto' timeformat 'auto' acceptinvchars as '?'`,
  ],
  [`${role} json as 's3://b/paths.json' gzip truncatecolumns`],
  [`${role} delimiter ',' removequotes escape comprows 100 encoding as utf16le`],
])('honours %s', (rest) => expect(parse(rest).table).toBe('"s"."t"'));

test.each<[string, RegExp]>([
  ['parquet', /needs IAM_ROLE/],
  [`${role} ${role} csv`, /authorization is given twice/],
  [`iam_role 'me' csv`, /IAM_ROLE takes default/],
  [
    `iam_role 'arn:aws:iam::123456789012:role/a, arn:aws:iam::123456789012:role/b' csv`,
    /a chain of them between commas/,
  ],
  [`access_key_id 'A' secret_access_key 'B' parquet`, /only accepts IAM_ROLE credentials/],
  [`${role} parquet region 'us-east-1'`, /REGION argument is not supported for PARQUET based COPY/],
  [`${role} parquet maxerror 1`, /MAXERROR argument is not supported for PARQUET/],
  [`${role} parquet gzip`, /GZIP argument is not supported for PARQUET/],
  [`${role} parquet delimiter ','`, /DELIMITER argument is not supported for PARQUET/],
  [`${role} parquet compupdate off`, /COMPUPDATE argument is not supported for PARQUET/],
  [`${role} parquet csv`, /a format is given twice/],
  [`${role} csv escape`, /ESCAPE argument is not supported for CSV/],
  [`${role} csv removequotes`, /REMOVEQUOTES argument is not supported for CSV/],
  [`${role} json 'auto' delimiter ','`, /DELIMITER argument is not supported for JSON/],
  [`${role} json 'auto' null as 'x'`, /NULL argument is not supported for JSON/],
  [`${role} json 'smart'`, /JSON takes 'auto'/],
  [`${role} csv quote 'ab'`, /QUOTE takes one character/],
  [`${role} csv maxerror 200000`, /between 0 and 100000/],
  [`${role} csv gzip zstd`, /exclude each other/],
  [`${role} csv gzip gzip`, /GZIP is given twice/],
  [`${role} csv lzop`, /LZOP is not honoured here: use GZIP/],
  [`${role} format orc`, /ORC is not honoured/],
  [`${role} fixedwidth 'a:1'`, /FIXEDWIDTH is not honoured/],
  [`${role} csv freeze`, /COPY has no such option/],
  [`${role} region 'moon'`, /is no AWS region/],
])('refuses %s', (rest, reason) => expect(() => parse(rest)).toThrow(reason));

test.each(["'dynamodb://t'", "'emr://j/x'", "'/tmp/file'"])('refuses the source %s', (source) =>
  expect(() => parseCopy(splitStatements(tokenize(`copy t from ${source} ${role}`))[0] ?? [])).toThrow(
    /s3:\/\/ addresses/,
  ),
);

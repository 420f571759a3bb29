import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpAuth, HttpSource } from '../model/http-source.js';
import { iso, type Interval } from '../model/interval.js';
import { redactor } from '../model/redact.js';
import { basic, http, s3Objects, secret } from '../sources/declare.js';
import { httpClient } from '../sources/http/client.js';
import { packingOf } from '../sources/http/packing.js';
import { nextLinkOf } from '../sources/http/response.js';
import { sourceSession } from '../sources/http/session.js';
import { openSource } from '../sources/open-source.js';
import { refuse } from '../control/failure.js';
import { draftAddress, type DraftAddress } from './draft-address.js';
import type { SampleBody } from './infer-sample.js';
import { mostBytes, readBytes } from './read-bytes.js';

export interface ReadOptions {
  pipeline: string;
  environment: Record<string, string | undefined>;
  auth?: HttpAuth;
  region?: string;
  anonymous?: boolean;
  signal: AbortSignal;
}

/** what was read, and what that says of the source */
export interface ReadSample {
  bodies: SampleBody[];
  isLines: boolean;
  isCsv?: boolean;
  /** when the newest of it was last changed */
  modified: Date;
  origin:
    | { kind: 'file' }
    | { kind: 'http'; address: DraftAddress; hasNextLink: boolean }
    | { kind: 's3'; bucket: string; prefix: string; region?: string; anonymous?: boolean };
}

/** objects of a prefix that are read */
const mostObjects = 20;
const csvName = /\.(csv|tsv|tab|psv)(\.(gz|gzip|zst|zstd))?$/i;
const linesName = /\.(ndjson|jsonl|jsonlines|log)(\.\w+)?$/i;

/** a file, the first answer of an address, or the first objects of a prefix, through the sources that runs use */
export function readSample(from: string, options: ReadOptions): Promise<ReadSample> {
  if (/^https?:\/\//i.test(from)) return readAddress(from, options);
  if (/^s3:\/\//i.test(from)) return readObjects(from, options);
  return readFile(/^file:/i.test(from) ? fileURLToPath(from) : from);
}

async function readFile(path: string): Promise<ReadSample> {
  const file = await stat(path).catch(() => undefined);
  if (!file?.isFile())
    refuse(`--from ${path}: the file does not exist; give a file, an https:// address or s3://bucket/key`);
  const body = await readBytes(createReadStream(path));
  const name = basename(path).replace(/\.(gz|gzip|zst|zstd)$/i, '');
  return {
    bodies: [{ ...body, name }],
    isLines: linesName.test(path),
    isCsv: csvName.test(path),
    modified: file.mtime,
    origin: { kind: 'file' },
  };
}

async function readAddress(from: string, { pipeline, environment, auth, signal }: ReadOptions): Promise<ReadSample> {
  const address = draftAddress(from, pipeline);
  const url = new URL(from);
  url.username = url.password = '';
  const { user } = address;
  const given = user === undefined ? auth : basic(user, secret(`${pipeline.toUpperCase()}_PASSWORD`));
  const hidden = redactor(environment);
  for (const value of Object.values(address.secrets)) hidden.add(value);
  const session = sourceSession({ ...environment, ...address.secrets }, hidden);
  const query = Object.fromEntries(url.searchParams);
  url.search = '';
  const named = csvName.test(url.pathname);
  const source: HttpSource = http({
    url: unescaped(url.href),
    query,
    pages: 'none',
    ...(named && { records: { form: 'csv' } }),
    ...(given && { auth: given }),
  });
  await session.load(source);
  const limits = { bytes: Infinity, bytesPerSecond: 0 };
  const replaced = environment[`WATERCLOCK_SOURCE_${pipeline.toUpperCase()}`];
  const options = { limits, ...(replaced && { address: replaced }) };
  const answer = await httpClient(source, lastHour(), options, session).ask({}, signal);
  if (!answer) refuse(`${hidden(from)} answers that there is nothing: ask for a time at which there was something`);
  const body = await readBytes(answer.response.body, packingOf(answer.response, answer.what));
  if (/^\s*</.test(body.text)) refuse(`${answer.what}: the answer is HTML or XML: ${body.text.trim().slice(0, 80)}`);
  const type = [answer.response.headers['content-type']].flat()[0] ?? '';
  const isCsv = named || /\b(csv|tab-separated-values)\b/i.test(type);
  return {
    bodies: [{ ...body, name: isCsv ? 'answer.csv' : 'answer.json' }],
    isCsv,
    isLines: /ndjson|jsonl|json-?lines|json-seq/i.test(type) || linesName.test(url.pathname),
    modified: new Date(),
    origin: { kind: 'http', address, hasNextLink: nextLinkOf(answer.response) !== undefined },
  };
}

async function readObjects(from: string, options: ReadOptions): Promise<ReadSample> {
  const { pipeline, environment, region, anonymous, signal } = options;
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/?(.*)$/i.exec(from) ?? [];
  if (bucket === '') refuse(`--from ${from} names no bucket: give s3://bucket/prefix/ or s3://bucket/key`);
  const source = s3Objects({
    bucket,
    prefix: key,
    modifiedIn: 'interval',
    ...(region && { region }),
    ...(anonymous && { anonymous }),
  });
  const replaced = environment[`WATERCLOCK_SOURCE_${pipeline.toUpperCase()}`];
  const driver = openSource(source, replaced ? { address: replaced } : {});
  const bodies: SampleBody[] = [];
  let modified = new Date(0);
  let bytes = 0;
  for await (const object of driver.list({ start: iso(0), end: iso(Date.now() + 60_000) }, signal)) {
    const body = await readBytes(await object.open(signal), object.packing ?? (object.gzip ? 'gzip' : undefined));
    bodies.push({ ...body, name: object.name.slice(key.lastIndexOf('/') + 1).replace(/\.(gz|zst)$/i, '') });
    bytes += body.bytes;
    if (object.modified) modified = new Date(object.modified);
    if (bodies.length >= mostObjects || bytes >= mostBytes) break;
  }
  if (bodies.length === 0) refuse(`${from} has no object: give a prefix or a key that has`);
  const prefix = key.slice(0, key.lastIndexOf('/') + 1);
  const where = { ...(region && { region }), ...(anonymous && { anonymous }) };
  const origin = { kind: 's3', bucket, prefix, ...where } as const;
  const [{ name } = { name: '' }] = bodies;
  return { bodies, isLines: linesName.test(name), isCsv: csvName.test(name), modified, origin };
}

function lastHour(): Interval {
  const end = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  return { start: iso(end - 3_600_000), end: iso(end) };
}

const unescaped = (href: string) => href.replaceAll('%7B', '{').replaceAll('%7D', '}');

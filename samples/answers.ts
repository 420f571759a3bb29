import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { plain, type Answer } from './answer.js';
import { bound, fieldOf, momentOf } from './bounds.js';
import { type DataFile, parseDataFile, readDataFiles, readFileOf } from './data-folder.js';
import type { Sample, SampleAnswer } from './sample.js';

interface Served {
  answer: SampleAnswer;
  /** the whole of it, as it lies there */
  body: Buffer | string;
  /** its list, where requests choose from it */
  list?: { whole: unknown; records: unknown[] };
}

export interface Answers {
  answer(path: string, query: URLSearchParams): Answer;
  /** when its records happened; undefined where no request chooses by time */
  moments(): { name: string; at: number }[] | undefined;
}

/** HTTP answers of a sample, or those of the user's files in `data` */
export async function openAnswers(sample: Sample, data?: string): Promise<Answers> {
  const served: Served[] = [];
  for (const answer of sample.answers ?? []) served.push(await open(answer, sample, data));
  // the one with most conditions first
  served.sort((a, b) => Object.keys(b.answer.query).length - Object.keys(a.answer.query).length);
  return {
    answer(path, query) {
      const known = served.filter(({ answer }) => answer.path === path);
      const fits = ({ answer }: Served) =>
        Object.entries(answer.query).every(([name, text]) => query.get(name) === text);
      const one = known.find(fits);
      if (!one) {
        const paths = [...new Set(served.map(({ answer }) => answer.path))].join(', ');
        return plain(
          404,
          `the sample of ${sample.pipeline} has no answer to ${path}?${query.toString()}; it knows ${paths}`,
        );
      }
      return choose(one, query);
    },
    moments() {
      const timed = served.flatMap(({ answer, list }) => {
        const field = timeField(answer);
        return field && list ? [{ field, answer, records: list.records }] : [];
      });
      if (timed.length === 0) return undefined;
      return timed.flatMap(({ field, answer, records }) =>
        records.flatMap((record, index) => {
          const at = momentOf(fieldOf(record, field));
          const name = answer.key === undefined ? undefined : fieldOf(record, answer.key);
          return at === undefined ? [] : [{ name: typeof name === 'string' ? name : `record ${index + 1}`, at }];
        }),
      );
    },
  };
}

/** the field that a request bounds at both ends */
function timeField({ where = {} }: SampleAnswer): string | undefined {
  return Object.entries(where).find(([, { from, to }]) => from !== undefined && to !== undefined)?.[0];
}

async function open(answer: SampleAnswer, sample: Sample, data?: string): Promise<Served> {
  const files = await filesOf(answer, sample, data);
  const [only] = files;
  if (only && files.length === 1 && !answer.where) return { answer, body: only.bytes };
  const wholes = files.map((file) => ({ file, whole: parseDataFile(file) }));
  const records = wholes.flatMap(({ file, whole }) => {
    const list = answer.at === undefined ? whole : fieldOf(whole, answer.at);
    if (Array.isArray(list)) return list as unknown[];
    throw new Error(`${file.path} holds no list${answer.at === undefined ? '' : ` at ${answer.at}`}`);
  });
  const field = timeField(answer);
  if (field !== undefined) {
    const without = records.findIndex((record) => momentOf(fieldOf(record, field)) === undefined);
    if (without >= 0) throw new Error(`${only?.path ?? ''}: record ${without + 1} has no time at ${field}`);
  }
  // the text of each is served as it is
  if (!answer.where && answer.at === undefined) return { answer, body: joined(files) };
  const list = { whole: wholes[0]?.whole, records: newestOfEach(answer, records) };
  return { answer, list, body: JSON.stringify(withList(answer, list.whole, list.records)) };
}

/** one array of all elements, their text untouched */
function joined(files: DataFile[]): string {
  const inner = files.map(({ bytes }) =>
    bytes
      .toString('utf8')
      .replace(/^[^[]*\[/, '')
      .replace(/\][^\]]*$/, '')
      .trim(),
  );
  return `[${inner.filter(Boolean).join(',\n')}]`;
}

async function filesOf(answer: SampleAnswer, sample: Sample, data?: string): Promise<DataFile[]> {
  const own = async () => [await readFileOf(pathOf(answer.file, sample.folder))];
  if (!data) return own();
  const files = await readDataFiles(data, ['.json', '.geojson']);
  const named = files.filter(({ path }) => basename(path).replace(/\.gz$/, '') === basename(answer.file));
  // an answer to some requests only
  if (Object.keys(answer.query).length > 0) return named.length > 0 ? named : own();
  if (files.length > 0) return files;
  throw new Error(`${data} holds no .json file for ${sample.pipeline}`);
}

function pathOf(file: string, folder: string): string {
  const [, name, rest] = /^npm:((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(file) ?? [];
  if (!name || !rest) return join(folder, file);
  // not by its exports: they name code, and this is data
  const folders = createRequire(pathToFileURL(join(folder, 'sample.yaml'))).resolve.paths(name) ?? [];
  const found = folders.map((one) => join(one, name)).find(existsSync);
  if (!found) throw new Error(`${join(folder, 'sample.yaml')}: the package ${name} is not installed`);
  return join(found, rest);
}

function newestOfEach({ key, newest }: SampleAnswer, records: unknown[]): unknown[] {
  if (key === undefined) return records;
  const byKey = new Map<unknown, unknown>();
  const rank = (record: unknown) => (newest === undefined ? 0 : (momentOf(fieldOf(record, newest)) ?? 0));
  for (const record of records) {
    // a record without a name is one of its own
    const name = fieldOf(record, key) ?? record;
    const known = byKey.get(name);
    if (known === undefined || rank(known) <= rank(record)) byKey.set(name, record);
  }
  return [...byKey.values()];
}

function choose({ answer, body, list }: Served, query: URLSearchParams): Answer {
  const { status, type } = answer;
  if (!list || !answer.where) return { status, type, body };
  const tests: ((record: unknown) => boolean)[] = [];
  for (const [field, { from, to }] of Object.entries(answer.where)) {
    for (const [name, isLower] of [[from, true] as const, [to, false] as const]) {
      const text = name === undefined ? null : query.get(name);
      if (name === undefined || text === null) continue;
      const test = bound(text, isLower);
      if (!test) return plain(400, `${name} is a time or a number, got '${text}'`);
      tests.push((record) => test(fieldOf(record, field)));
    }
  }
  const chosen = list.records.filter((record) => tests.every((test) => test(record)));
  return { status, type, body: JSON.stringify(withList(answer, list.whole, chosen)) };
}

/** the whole with another list in its place */
function withList({ at }: SampleAnswer, whole: unknown, records: unknown[]): unknown {
  if (at === undefined) return records;
  const [first = '', ...rest] = at.split('.');
  const object = whole as Record<string, unknown>;
  const inner = rest.length === 0 ? records : withList({ at: rest.join('.') } as SampleAnswer, object[first], records);
  return { ...object, [first]: inner };
}

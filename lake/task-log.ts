import { keys, type RunRef } from '../model/keys.js';
import type { TaskLine } from '../model/task.js';
import { getJson, putJson, type ObjectStore } from './object-store.js';

/** letters that are kept of what one try writes; beyond them its last lines are */
const mostLetters = 4 * 1024 * 1024;
const lastLines = 200;
/** ms from one write to the next: soon at first, seldom of a program that writes for hours */
const firstWait = 1_000;
const longestWait = 15_000;

interface LogPiece {
  lines: TaskLine[];
  /** the runner's place behind the last line */
  next?: string | undefined;
}

interface LogPlace {
  store: ObjectStore;
  bucket: string;
  run: Pick<RunRef, 'pipeline' | 'runId'>;
  /** `extract`, or a step and its task */
  name: string;
  tries: number;
  /** of the activity: another one goes on in pieces of its own */
  attempt: number;
}

const number = (value: number) => String(value).padStart(5, '0');

/** lines of one try into the lake while it runs, in pieces, bounded */
export function taskLog({ store, bucket, run, name, tries, attempt }: LogPlace) {
  const prefix = `${keys.taskLogs(run)}${name}/${number(tries)}-`;
  let waiting: TaskLine[] = [];
  let last: TaskLine[] = [];
  let leftOut = 0;
  let letters = 0;
  let pieces = 0;
  let place: string | undefined;
  let wait = firstWait;
  let flushAt = 0;

  async function flush(): Promise<void> {
    if (waiting.length === 0) return;
    const piece: LogPiece = { lines: waiting, next: place };
    waiting = [];
    await putJson(store, { bucket, key: `${prefix}${number(attempt)}-${number(pieces++)}.json` }, piece);
    flushAt = Date.now() + wait;
    wait = Math.min(1.5 * wait, longestWait);
  }

  return {
    /** the runner's place behind what earlier attempts have kept of this try */
    async kept(): Promise<string | undefined> {
      let newest: string | undefined;
      for await (const { key } of store.list({ bucket, key: prefix })) newest = key;
      return newest && (await getJson<LogPiece>(store, { bucket, key: newest })).next;
    },
    async add(lines: TaskLine[], next: string | undefined): Promise<void> {
      place = next;
      for (const line of lines) {
        letters += line.text.length;
        if (letters <= mostLetters) waiting.push(line);
        else {
          last.push(line);
          if (last.length > lastLines) leftOut += last.splice(0, last.length - lastLines).length;
        }
      }
      if (Date.now() >= flushAt) await flush();
    },
    async end(): Promise<void> {
      const [first] = last;
      if (first && leftOut > 0) waiting.push({ at: first.at, text: `(${leftOut} lines were left out)` });
      waiting.push(...last);
      last = [];
      await flush();
    },
  };
}

export interface KeptTaskLine extends TaskLine {
  step: string;
  task?: string;
  tries: number;
}

/** what tasks of a run wrote so far, task by task; `after`: only pieces with keys above it */
export async function* taskLines(
  store: ObjectStore,
  bucket: string,
  run: Pick<RunRef, 'pipeline' | 'runId'>,
  after?: string,
): AsyncGenerator<{ key: string; lines: KeptTaskLine[] }> {
  const folder = keys.taskLogs(run);
  for await (const { key } of store.list({ bucket, key: folder }, after)) {
    const [name = '', file = ''] = key.slice(folder.length).split('/');
    const [step = '', task] = name.split('.');
    const about = { step, ...(task !== undefined && { task }), tries: Number(file.slice(0, 5)) };
    const { lines } = await getJson<LogPiece>(store, { bucket, key });
    yield { key, lines: lines.map((line) => ({ ...about, ...line })) };
  }
}

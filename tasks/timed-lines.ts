import { setTimeout as sleep } from 'node:timers/promises';
import { TerminalError } from '../model/errors.js';
import type { TaskLine } from '../model/task.js';
import { lineCutter } from './lines.js';

/** lines of a container from a second on; `signal`: as they come */
type Open = (since: string | undefined, signal?: AbortSignal) => Promise<AsyncIterable<Uint8Array>>;

/** a second, and how many lines from it on were seen: a log is opened again by the second, and two outputs mix within one */
interface Place {
  second: string;
  count: number;
}

/** lines that wait to be taken while a container runs; it is then read no further */
const mostWaiting = 10_000;
/** of one that has ended: what is beyond is left out */
const mostLast = 100_000;
/** ms that the last lines of a container that has ended may take */
const lastWithin = 10_000;

/** follows a container's lines over any number of connections, each line once */
export function followLines(open: Open, from: string | undefined) {
  const stop = new AbortController();
  let waiting: { line: TaskLine; place: Place | undefined }[] = [];
  let place = placeOf(from);
  let handedOn = from;
  let reading: Promise<void> | undefined;
  let isRefused = false;
  let isEnding = false;
  let leftOut = 0;

  const isFull = () => waiting.length > mostWaiting && !isEnding;

  async function read(signal?: AbortSignal): Promise<void> {
    const begun = place;
    let toSkip = begun?.count ?? 0;
    const cutter = lineCutter((text) => {
      const [at = ''] = text.split(' ', 1);
      // of what shows the lines, instead of one
      if (Number.isNaN(Date.parse(at))) return add(new Date().toISOString(), text);
      const second = secondOf(at);
      if (begun && second < begun.second) return;
      if (toSkip-- > 0) return;
      if (!place || second > place.second) place = { second, count: 1 };
      else if (second === place.second) place = { second, count: place.count + 1 };
      add(new Date(at).toISOString(), text.slice(at.length + 1));
    });
    for await (const chunk of await open(begun?.second, signal)) {
      cutter.add(chunk);
      while (isFull()) await sleep(50, undefined, { signal: stop.signal });
    }
    cutter.end();
  }

  function add(at: string, text: string): void {
    if (!text.trim()) return;
    if (waiting.length < mostLast) waiting.push({ line: { at, text }, place });
    else leftOut++;
  }

  /** what does not pass is said once, where people look for the lines */
  function refused(error: unknown): void {
    if (!(error instanceof TerminalError) || isRefused) return;
    isRefused = true;
    add(new Date().toISOString(), `(${error.message})`);
  }

  return {
    /** begins, or goes on where the connection ended */
    follow(): void {
      reading ??= read(stop.signal)
        // a connection that breaks is opened again by the next call; what it had is kept
        .catch(refused)
        .finally(() => (reading = undefined));
    },
    /** once the container has ended; `isThere`: it can still be asked */
    async finish(isThere: boolean): Promise<void> {
      isEnding = true;
      await Promise.race([reading, sleep(lastWithin, undefined, { signal: stop.signal, ref: false })]);
      if (isThere && !reading) await read().catch(refused);
    },
    take(): { lines: TaskLine[]; next: string | undefined } {
      const taken = waiting;
      waiting = [];
      if (leftOut > 0)
        taken.push({ line: { at: new Date().toISOString(), text: `(${leftOut} lines were left out)` }, place });
      leftOut = 0;
      const last = taken.at(-1)?.place;
      if (last) handedOn = `${last.second} ${last.count}`;
      return { lines: taken.map(({ line }) => line), next: handedOn };
    },
    /** where it is, as `take` answered */
    place: () => handedOn,
    close: () => stop.abort(),
  };
}

export type FollowedLines = ReturnType<typeof followLines>;

function placeOf(from: string | undefined): Place | undefined {
  if (from === undefined) return undefined;
  const [second = '', count = ''] = from.split(' ');
  return { second, count: Number(count) };
}

const secondOf = (at: string) => new Date(Date.parse(at)).toISOString().replace(/\.\d+Z$/, 'Z');

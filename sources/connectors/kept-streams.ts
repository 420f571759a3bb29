import { join } from 'node:path';
import type { Streams } from '../../model/connector.js';
import type { CustomItem } from '../../model/custom-code.js';
import type { SourceState } from '../../model/state-value.js';
import { isData } from './loose-data.js';
import { spool } from './spool.js';

/** what an interval has in the lake, for the attempt that goes on */
export interface Progress {
  /** objects that were yielded: names go on from there */
  objects: number;
  /** streams that are whole: they are not asked for again */
  whole: string[];
}

const isIncremental = (streams: Streams, name: string): boolean => streams[name]?.sync === 'incremental';
export const keepsState = (streams: Streams): boolean =>
  Object.keys(streams).some((name) => isIncremental(streams, name));

/**
 * the raw objects of a connector's records. One is what an incremental stream gives between two of its states: an attempt that
 * goes on from the last state that is kept has no record twice. A stream that is read whole may begin again whatever its state
 * says, so it has one object, at the end
 */
export function keptStreams(folder: string, streams: Streams, begun: Progress, before: SourceState) {
  let { objects, whole } = begun;
  let state = before;
  /** no object has brought the state into the lake */
  let isPending = false;
  const spools = new Map<string, ReturnType<typeof spool>>();
  const waiting = (name: string) => spools.get(name)?.isEmpty() === false;

  function item(stream: string, body: CustomItem['body'], hasState: boolean): CustomItem {
    if (hasState) isPending = false;
    objects++;
    return {
      name: `${stream}-${String(objects).padStart(6, '0')}`,
      stream,
      body,
      resume: { objects, whole } satisfies Progress,
      ...(hasState && keepsState(streams) && { state }),
    };
  }

  async function* taken(stream: string, hasState: boolean): AsyncGenerator<CustomItem> {
    const lines = await spools.get(stream)?.take();
    if (!lines) return;
    yield item(stream, lines.body, hasState);
    await lines.release();
  }

  return {
    async add(stream: string, line: Uint8Array): Promise<void> {
      const own = spools.get(stream) ?? spool(join(folder, `records-${spools.size}`));
      spools.set(stream, own);
      await own.add(line);
    },
    /** a state came, of one stream or of all */
    async *atState(more: SourceState, stream: string | undefined): AsyncGenerator<CustomItem> {
      state = merged(state, more);
      isPending = true;
      const names = stream === undefined ? [...spools.keys()] : [stream];
      const closed = names.filter((name) => isIncremental(streams, name) && waiting(name));
      // with the last: a state in the lake is behind no record that is not there
      for (const [at, name] of closed.entries()) yield* taken(name, at === closed.length - 1);
    },
    /** the connector has given all */
    async *atEnd(): AsyncGenerator<CustomItem> {
      for (const name of [...spools.keys()].filter(waiting)) {
        whole = [...whole, name];
        yield* taken(name, true);
      }
      const [first] = Object.keys(streams);
      if (isPending && keepsState(streams) && first !== undefined) yield item(first, '', true);
    },
  };
}

/** the state of all streams, after one more message: Airbyte's come stream by stream */
function merged(before: SourceState, more: SourceState): SourceState {
  const both = { ...before, ...more };
  return isData(before['streams']) && isData(more['streams'])
    ? { ...both, streams: { ...before['streams'], ...more['streams'] } }
    : both;
}

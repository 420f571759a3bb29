import { getJson } from '../lake/object-store.js';
import { iso, lastComplete, type Interval } from '../model/interval.js';
import { keys, type RunRef } from '../model/keys.js';
import type { ExtractManifest } from '../model/plan.js';
import { satisfies } from '../model/run-status.js';
import type { SourceState } from '../model/state-value.js';
import type { Pipeline } from '../define/pipeline.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { knownRuns } from './known-runs.js';

type Keeping = Pick<Pipeline, 'name' | 'grid' | 'start'>;

/** the interval whose state an interval begins with; undefined of the first */
export function intervalBefore({ grid, start = -Infinity }: Keeping, interval: Interval): Interval | undefined {
  const before = lastComplete({ ...grid, offset: 0 }, Date.parse(interval.start));
  return Date.parse(before.start) < start ? undefined : before;
}

/**
 * what an interval begins with: the state that it had when it ran before, else that of the newest interval before it that
 * loaded and has one; those that a person skipped or marked have none
 */
export async function stateBefore(
  dependencies: Dependencies,
  pipeline: Keeping,
  run: RunRef,
  alive: Alive,
): Promise<SourceState | undefined> {
  const { store, settings } = dependencies;
  const known = knownRuns(dependencies);
  const { start, end } = run.interval;

  async function manifestOf(runId: string): Promise<ExtractManifest | undefined> {
    const ref = { bucket: settings.lakeBucket, key: keys.step({ pipeline: pipeline.name, runId }, 'extract') };
    return (await store.exists(ref)) ? getJson<ExtractManifest>(store, ref) : undefined;
  }

  const [earlier] = (await known.between(pipeline.name, { from: start, to: end }, alive)).filter(
    (one) => one.start === start,
  );
  const own = earlier && (await manifestOf(earlier.runId));
  if (own?.begunWith) return own.begunWith;
  const first = iso(pipeline.start ?? 0);
  // the newest first; most often it is the first that is looked at
  for (let width = 1, to = start; to > first; width *= 8) {
    const from = farBefore(pipeline, to, width) ?? first;
    const loaded = (await known.between(pipeline.name, { from, to }, alive)).filter(
      (one) => satisfies(one.status) && one.start >= from && one.start < to,
    );
    for (const { runId } of loaded.toReversed()) {
      const { state } = (await manifestOf(runId)) ?? {};
      if (state) return state;
    }
    to = from;
  }
  return undefined;
}

/** the start of the interval so many intervals before; undefined beyond the first */
function farBefore({ grid, start = 0 }: Keeping, to: string, width: number): string | undefined {
  let at: string | undefined;
  for (let count = 0, end = Date.parse(to); count < width; count++) {
    const { start: from } = lastComplete({ ...grid, offset: 0 }, end);
    if (Date.parse(from) < start) break;
    at = from;
    end = Date.parse(from);
  }
  return at;
}

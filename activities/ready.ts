import { TerminalError } from '../model/errors.js';
import { intervalsCovering, type Interval } from '../model/interval.js';
import type { RunRef } from '../model/keys.js';
import { runName } from '../model/names.js';
import { listObjects } from '../sources/s3-objects.js';
import { alive, type Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { knownRuns } from './known-runs.js';
import { statusOf } from './status-of.js';
import type { Activities } from './types.js';

/** looks once; who waits sleeps in the workflow, where it holds no slot */
export function ready(dependencies: Dependencies): Activities['ready'] {
  const { client, settings, store, pipelines } = dependencies;
  const known = knownRuns(dependencies);

  /** the first of them that has not loaded, by the lake: asking the warehouse every minute would keep it awake */
  async function firstMissing(name: string, needed: Interval[], alive: Alive): Promise<Interval | undefined> {
    const range = { from: needed[0]?.start ?? '', to: needed.at(-1)?.end ?? '' };
    const runs = await known.between(name, range, alive);
    const loaded = new Set(runs.filter(({ status }) => status === 'completed').map(({ start }) => start));
    const missing = needed.find(({ start }) => !loaded.has(start));
    if (!missing || runs.some(({ start }) => start === missing.start)) return missing;
    // a worker of an earlier version wrote it into the ledger alone
    if ((await statusOf(client, runName(name, missing))) !== 'COMPLETED') return missing;
    const rows = await known.copyLedger(name, { from: missing.start, to: missing.end }, alive);
    return rows.length > 0 ? firstMissing(name, needed, alive) : missing;
  }

  return ({ run, plan }) =>
    alive(async (alive) => {
      const { waitFor, after = [] } = plan.policy ?? {};
      const found: string[] = [];
      for (const name of after) {
        const other = pipelines.find((pipeline) => pipeline.name === name);
        if (!other)
          throw new TerminalError('UnknownPipeline', `${run.pipeline} comes after ${name}, which is no pipeline`);
        const needed = intervalsCovering(other.grid, run.interval);
        if (needed.length === 0) continue;
        const missing = await firstMissing(name, needed, alive);
        if (missing) return { missing: `${name} has not loaded ${missing.start} to ${missing.end}`, found: '' };
        found.push(`${name} has loaded`);
      }
      if (waitFor?.marker !== undefined) {
        const marker = markerOf(waitFor.marker, run);
        if (!(await store.exists(marker)))
          return { missing: `s3://${marker.bucket}/${marker.key} is not there`, found: '' };
        found.push(`s3://${marker.bucket}/${marker.key} is there`);
      }
      if (waitFor?.minimumObjects !== undefined) {
        if (plan.source.kind !== 's3-objects') {
          throw new TerminalError(
            'InvalidDefinition',
            `waitFor.minimumObjects needs a source of objects, got ${plan.source.kind}`,
          );
        }
        const address = settings.sources[run.pipeline];
        const listed = await listObjects(plan.source, run.interval, address ? { address } : {}, alive.signal);
        const count = listed.length;
        const text = `${count} of at least ${waitFor.minimumObjects} objects`;
        if (count < waitFor.minimumObjects) return { missing: text, found: '' };
        found.push(text);
      }
      return { found: found.join(', ') };
    });
}

/** `s3://bucket/key` with the interval's times */
function markerOf(marker: string, { interval }: RunRef): { bucket: string; key: string } {
  const { start, end } = interval;
  const times: Record<string, string> = {
    start,
    end,
    dt: start.slice(0, 10),
    hr: start.slice(11, 13),
    min: start.slice(14, 16),
  };
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(marker) ?? [];
  if (!bucket || !key)
    throw new TerminalError('InvalidDefinition', `a marker is written s3://bucket/key, got ${marker}`);
  return { bucket, key: key.replace(/\{(\w+)\}/g, (text, name: string) => times[name] ?? text) };
}

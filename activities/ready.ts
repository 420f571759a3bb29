import { TerminalError } from '../model/errors.js';
import { intervalsCovering } from '../model/interval.js';
import type { RunRef } from '../model/keys.js';
import { listObjects } from '../sources/s3-objects.js';
import { newestRuns } from '../warehouse/ledger.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

/** looks once; who waits sleeps in the workflow, where it holds no slot */
export function ready({ settings, store, warehouse, pipelines }: Dependencies): Activities['ready'] {
  return ({ run, plan }) =>
    alive(async ({ sign, signal }) => {
      const { waitFor, after = [] } = plan.policy ?? {};
      const found: string[] = [];
      for (const name of after) {
        const other = pipelines.find((pipeline) => pipeline.name === name);
        if (!other)
          throw new TerminalError('UnknownPipeline', `${run.pipeline} comes after ${name}, which is no pipeline`);
        const needed = intervalsCovering(other.grid, run.interval);
        const [first] = needed;
        const last = needed.at(-1);
        if (!first || !last) continue;
        const runs = await newestRuns(warehouse({ progress: () => sign(), signal }), name, first.start, last.end);
        const loaded = new Set(runs.filter(({ status }) => status === 'completed').map(({ start }) => start));
        const missing = needed.find(({ start }) => !loaded.has(start));
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
        const options = { sign: () => sign(), ...(address && { address }) };
        const listed = await listObjects(plan.source, run.interval, options, signal);
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

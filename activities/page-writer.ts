import { getJson, putJson } from '../lake/object-store.js';
import { keys } from '../model/keys.js';
import type { RawPart, StepInput } from '../model/plan.js';
import type { Place, RawObject } from '../sources/source-driver.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { describe } from './part-writer.js';

/** pages of one part: a thread validates a part, and history has a step for each */
const mostPagesOfPart = 100;
const fullPart = 32 * 1024 * 1024;

/** what is kept after every page: a worker that is killed asks for one page again at most */
interface Progress {
  place: Place;
  /** pages that are in the raw layer */
  pages: number;
  /** parts that are full, each in an object of its own */
  full: number;
  /** the part that fills */
  open?: RawPart;
}

/** pages in the raw layer, an object each as received, many to a part */
export async function pageWriter(dependencies: Dependencies, { run, plan }: StepInput, alive: Alive) {
  const { store } = dependencies;
  const at = (what: string) => ({ bucket: plan.lakeBucket, key: keys.step(run, what) });
  const progressAt = at('extract.progress');
  const fullAt = (part: number) => at(`extract.part-${String(part).padStart(5, '0')}`);
  const isBegun = await store.exists(progressAt);
  let progress: Progress | undefined = isBegun ? await getJson<Progress>(store, progressAt) : undefined;

  return {
    /** where an earlier attempt came to; undefined: nowhere */
    from: progress?.place,
    async add(object: RawObject, after: Place): Promise<void> {
      const { pages = 0, full = 0, open } = progress ?? {};
      const { gzip, packing } = object;
      const suffix = packing ? `.${packing}` : gzip ? '.gz' : '';
      const key = keys.rawPart(run, pages, `${plan.source.records.form}${suffix}`);
      const bytes = await store.upload({ bucket: plan.rawBucket, key }, await object.open(alive.signal), alive.signal);
      const page = { key, bytes, gzip, ...(packing && { packing }) };
      const part: RawPart = {
        ...(open ?? page),
        bytes: (open?.bytes ?? 0) + bytes,
        pages: [...(open?.pages ?? []), page],
        sources: [...(open?.sources ?? []), { ...describe(object), bytes }],
      };
      const isFull = (part.pages?.length ?? 0) >= mostPagesOfPart || part.bytes >= fullPart;
      if (isFull) await putJson(store, fullAt(full), part);
      progress = { place: after, pages: pages + 1, full: isFull ? full + 1 : full, ...(!isFull && { open: part }) };
      await putJson(store, progressAt, progress);
      alive.sign();
    },
    /** every part, in order, and the number of pages */
    async parts(): Promise<{ parts: RawPart[]; pages: number }> {
      const { pages = 0, full = 0, open } = progress ?? {};
      const parts: RawPart[] = [];
      for (let part = 0; part < full; part++) {
        parts.push(await getJson<RawPart>(store, fullAt(part)));
        alive.sign();
      }
      return { parts: [...parts, ...(open ? [open] : [])], pages };
    },
  };
}

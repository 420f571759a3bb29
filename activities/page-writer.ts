import { getJson, putJson } from '../lake/object-store.js';
import { keys } from '../model/keys.js';
import type { RawPart, StepInput } from '../model/plan.js';
import { requestOf } from '../model/source.js';
import { advanced } from '../model/source-state.js';
import type { SourceState } from '../model/state-value.js';
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
  /** what the source's state has come to */
  state?: SourceState;
}

/** pages in the raw layer, an object each as received, many to a part */
export async function pageWriter(
  dependencies: Dependencies,
  { run, plan, begunWith }: StepInput & { begunWith?: SourceState | undefined },
  alive: Alive,
) {
  const { store } = dependencies;
  const at = (what: string) => ({ bucket: plan.lakeBucket, key: keys.step(run, what) });
  const progressAt = at('extract.progress');
  const fullAt = (part: number) => at(`extract.part-${String(part).padStart(5, '0')}`);
  const isBegun = await store.exists(progressAt);
  let progress: Progress | undefined = isBegun ? await getJson<Progress>(store, progressAt) : undefined;

  return {
    /** where an earlier attempt came to; undefined: nowhere */
    from: progress?.place,
    /** what the source's state has come to; what it began with where nothing was added */
    state: () => progress?.state ?? begunWith,
    /** of every object that is kept */
    async names(): Promise<Set<string>> {
      const { parts } = await kept();
      return new Set(parts.flatMap(({ sources }) => sources.map(({ name }) => name)));
    },
    /** nothing follows: an attempt that comes after asks for nothing more */
    async end(): Promise<void> {
      if (progress?.place === null) return;
      progress = { pages: 0, full: 0, ...progress, place: null };
      await putJson(store, progressAt, progress);
    },
    async add(object: RawObject, after: Place): Promise<void> {
      if (progress?.open && progress.open.request !== object.request) await closePart(progress.open);
      const { pages = 0, full = 0, open } = progress ?? {};
      const { gzip, packing, request } = object;
      const suffix = packing ? `.${packing}` : gzip ? '.gz' : '';
      const key = keys.rawPart(run, pages, `${requestOf(plan.source, request).records.form}${suffix}`);
      const bytes = await store.upload({ bucket: plan.rawBucket, key }, await object.open(alive.signal), alive.signal);
      const page = { key, bytes, gzip, ...(packing && { packing }) };
      const part: RawPart = {
        ...(open ?? { ...page, ...(request !== undefined && { request }) }),
        bytes: (open?.bytes ?? 0) + bytes,
        pages: [...(open?.pages ?? []), page],
        sources: [...(open?.sources ?? []), { ...describe(object), bytes }],
      };
      const isFull = (part.pages?.length ?? 0) >= mostPagesOfPart || part.bytes >= fullPart;
      if (isFull) await putJson(store, fullAt(full), part);
      const { state: before = begunWith } = progress ?? {};
      const state = object.state ? advanced(plan.source, before, object.state) : progress?.state;
      progress = {
        place: after,
        pages: pages + 1,
        full: isFull ? full + 1 : full,
        ...(!isFull && { open: part }),
        ...(state && { state }),
      };
      await putJson(store, progressAt, progress);
      alive.sign();
    },
    /** every part, in order, and the number of pages */
    parts: kept,
  };

  /** a part has the pages of one request; it is written before the progress that counts it, as every full one is */
  async function closePart(part: RawPart): Promise<void> {
    const { open: _, ...rest } = progress ?? { place: null, pages: 0, full: 0 };
    await putJson(store, fullAt(rest.full), part);
    progress = { ...rest, full: rest.full + 1 };
  }

  async function kept(): Promise<{ parts: RawPart[]; pages: number }> {
    const { pages = 0, full = 0, open } = progress ?? {};
    const parts: RawPart[] = [];
    for (let part = 0; part < full; part++) {
      parts.push(await getJson<RawPart>(store, fullAt(part)));
      alive.sign();
    }
    return { parts: [...parts, ...(open ? [open] : [])], pages };
  }
}

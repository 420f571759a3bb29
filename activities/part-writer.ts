import type { ObjectStore } from '../lake/object-store.js';
import type { Packing, RawPart } from '../model/plan.js';
import type { RecordForm } from '../model/record-form.js';
import type { RawObject } from '../sources/source-driver.js';
import type { Alive } from './alive.js';
import { newlineOf } from './newline-of.js';
import { recordCuts } from './record-cuts.js';

/** bytes of a part that objects are packed into: what extract holds of one kind, and one task of a thread */
const fullPart = 32 * 1024 * 1024;

/** an object that is larger is not packed with others where its records cannot be cut apart: it is streamed instead of held */
const ownPart = 4 * 1024 * 1024;

type Source = RawPart['sources'][number];

/** what may lie in one part */
interface Kind {
  gzip: boolean;
  packing?: Exclude<Packing, 'gzip'>;
  isUtf16?: boolean;
}

interface Filling {
  kind: Kind;
  pieces: Uint8Array[];
  bytes: number;
  sources: Source[];
}

export interface PartPlace {
  store: ObjectStore;
  bucket: string;
  form: RecordForm;
  /** of the nth part */
  key: (part: number, suffix: string) => string;
}

/**
 * objects as received, one after the other in parts; those of one kind of compression together, so that a part stays readable
 * by its ordinary reader. One larger than a part is cut where its bytes show where records end, and is a part of its own
 * where not; none is ever held as a whole
 */
export function partWriter({ store, bucket, form, key }: PartPlace, { sign, signal }: Alive) {
  const parts: RawPart[] = [];
  const filling = new Map<string, Filling>();

  /** its place in the list is taken before it is written: its key is numbered by it */
  function place({ kind, bytes, sources }: Omit<Filling, 'pieces'>): RawPart {
    const { gzip, packing, isUtf16 } = kind;
    const suffix = packing ? `.${packing}` : gzip ? '.gz' : '';
    // lines one after the other are read as such
    const isPacked = sources.length > 1 && (form.form !== 'ndjson' || !isPlain(kind) || isUtf16);
    const part: RawPart = {
      key: key(parts.length, suffix),
      bytes,
      gzip,
      ...(packing && { packing }),
      ...(isPacked && { packed: true as const }),
      sources,
    };
    parts.push(part);
    return part;
  }

  async function write(one: Filling): Promise<void> {
    await store.put({ bucket, key: place(one).key }, Buffer.concat(one.pieces));
    sign();
  }

  /** what was read of an object, and its rest, as a part of its own */
  async function stream(begun: Filling, rest: AsyncIterator<Uint8Array>): Promise<void> {
    const { pieces } = begun;
    const part = place(begun);
    async function* all() {
      for (let piece = pieces.shift(); piece; piece = pieces.shift()) yield piece;
      for (let next = await rest.next(); !next.done; next = await rest.next()) {
        sign();
        yield next.value;
      }
    }
    part.bytes = await store.upload({ bucket, key: part.key }, all(), signal);
    for (const source of part.sources) source.bytes = part.bytes;
  }

  /** a large object in parts of whole records each */
  async function cutUp({ kind, pieces, sources: [source] }: Filling, rest: AsyncIterator<Uint8Array>): Promise<void> {
    if (!source) return;
    const cuts = recordCuts(form);
    const from = (bytes: number, pieces: Uint8Array[], about = cuts?.about()): Filling => ({
      kind,
      pieces,
      bytes,
      sources: [{ ...source, bytes, ...about }],
    });
    let held = pieces;
    for (;;) {
      const bytes = await fill(held, rest, fullPart, sign);
      const whole = bytes > fullPart ? Buffer.concat(held) : undefined;
      // so that it is held once
      if (whole) held = [whole];
      const found = whole && cuts?.cut(whole);
      if (!found) return bytes > 0 ? stream(from(bytes, held), rest) : undefined;
      await write(from(found.body.length, [found.body], found.about));
      held = found.rest.length > 0 ? [found.rest] : [];
    }
  }

  async function pack(one: Filling): Promise<void> {
    const [source] = one.sources;
    const kind = JSON.stringify(one.kind);
    let part = filling.get(kind);
    if (part && part.bytes + one.bytes > fullPart) {
      filling.delete(kind);
      await write(part);
      part = undefined;
    }
    if (!part || !source) return void filling.set(kind, one);
    // its last line may have no end
    const newline = newlineOf(one.kind, part.pieces.at(-1));
    if (newline) part.pieces.push(newline);
    part.bytes += newline?.length ?? 0;
    part.pieces.push(...one.pieces);
    part.sources.push({ ...source, offset: part.bytes });
    part.bytes += one.bytes;
  }

  return {
    parts,
    async add(object: RawObject): Promise<void> {
      const { gzip, packing, isUtf16 } = object;
      const kind: Kind = { gzip, ...(packing && { packing }), ...(isUtf16 && { isUtf16 }) };
      const chunks = (await object.open(signal))[Symbol.asyncIterator]();
      const pieces: Uint8Array[] = [];
      const isCut = isPlain(kind) && recordCuts(form) !== undefined;
      const most = isCut ? fullPart : ownPart;
      const bytes = await fill(pieces, chunks, most, sign);
      const one = { kind, pieces, bytes, sources: [{ ...describe(object), bytes }] };
      if (bytes <= most) await pack(one);
      else await (isCut ? cutUp(one, chunks) : stream(one, chunks));
    },
    async flush(): Promise<void> {
      const all = [...filling.values()];
      filling.clear();
      for (const one of all) await write(one);
    },
  };
}

const isPlain = ({ gzip, packing, isUtf16 }: Kind) => !gzip && !packing && !isUtf16;

/** reads on until there are more bytes than `most`, or the end; returns the bytes of all pieces */
async function fill(
  pieces: Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
  most: number,
  sign: () => void,
): Promise<number> {
  let bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  while (bytes <= most) {
    const next = await rest.next();
    if (next.done) break;
    sign();
    if (next.value.length === 0) continue;
    pieces.push(next.value);
    bytes += next.value.length;
  }
  return bytes;
}

export const bytesOf = (parts: RawPart[]) => parts.reduce((sum, { bytes }) => sum + bytes, 0);

/** an object as the manifest names it */
export function describe({ name, etag, modified }: RawObject): Omit<Source, 'bytes'> {
  return { name, ...(etag && { etag }), ...(modified && { modified }), offset: 0 };
}

import { keys } from '../model/keys.js';
import type { InRaw, ObjectRef, RawPart, StepInput } from '../model/plan.js';
import type { TaskSource } from '../model/task.js';
import type { ObjectStore } from '../lake/object-store.js';
import { pool } from '../model/pool.js';
import { resultText } from '../tasks/result.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { bytesOf, partWriter } from './part-writer.js';
import { taskRuns } from './run-task.js';

/** objects of one part: a thread validates a part, and history has a step for each */
const mostObjects = 100;
const fullPart = 32 * 1024 * 1024;
/** objects whose first bytes are asked for at once */
const width = 16;
const zstdMagic = 0xfd2fb528;

type Told = InRaw & { told?: string };

/** what a program of the team's own left in the raw layer, or printed; undefined for other sources */
export function extractTask(dependencies: Dependencies) {
  const runTask = taskRuns(dependencies);
  return async (given: StepInput, alive: Alive): Promise<Told | undefined> => {
    const { source } = given.plan;
    if (source.kind !== 'task') return undefined;
    const prints = source.output === 'stdout';
    const asked = { ...given, step: 'extract', program: source, keepsStdout: prints, writesRaw: !prints };
    const { result, output } = await runTask(asked, alive, ({ stdout, rawPrefix }) =>
      prints
        ? printed(dependencies.store, given, source, stdout, alive)
        : written(dependencies.store, rawPrefix, alive),
    );
    const told = resultText(result);
    return { ...output, ...(told && { told }) };
  };
}

/** all of it, once the program has ended well: a try that failed leaves nothing */
async function printed(
  store: ObjectStore,
  { run, plan }: StepInput,
  { records }: TaskSource,
  stdout: () => AsyncIterable<Uint8Array>,
  alive: Alive,
): Promise<InRaw> {
  const key = (part: number, suffix: string) => keys.rawPart(run, part, `${records.form}${suffix}`);
  const writer = partWriter({ store, bucket: plan.rawBucket, form: records, key }, alive);
  await writer.add({ name: 'stdout', gzip: false, open: () => Promise.resolve(stdout()) });
  await writer.flush();
  const { parts } = writer;
  return { parts, files: parts.length > 0 ? 1 : 0, bytes: bytesOf(parts) };
}

/** the objects where they are; names that begin with _ or . are the program's own notes */
async function written(store: ObjectStore, { bucket, key: prefix }: ObjectRef, alive: Alive): Promise<InRaw> {
  const found: { key: string; bytes: number }[] = [];
  for await (const { key, bytes } of store.list({ bucket, key: prefix })) {
    alive.sign();
    const names = key.slice(prefix.length).split('/');
    if (bytes > 0 && !names.some((name) => /^[_.]/.test(name))) found.push({ key, bytes });
  }
  const settled = await pool(found, width, async ({ key, bytes }) => {
    const packing = packingOf(Buffer.from(await store.range({ bucket, key }, 0, Math.min(4, bytes))));
    alive.sign();
    return { key, bytes, ...packing };
  });
  const parts: RawPart[] = [];
  for (const one of settled) {
    if (one.status === 'rejected') throw one.reason;
    const object = one.value;
    const source = { name: object.key.slice(prefix.length), offset: 0, bytes: object.bytes };
    const open = parts.at(-1);
    const fits = open?.pages && open.pages.length < mostObjects && open.bytes + object.bytes <= fullPart;
    if (!open || !fits) {
      parts.push({ ...object, pages: [object], sources: [source] });
      continue;
    }
    open.pages?.push(object);
    open.sources.push(source);
    open.bytes += object.bytes;
  }
  return { parts, files: found.length, bytes: bytesOf(parts) };
}

function packingOf(magic: Buffer): Pick<RawPart, 'gzip' | 'packing'> {
  if (magic.length >= 4 && magic.readUInt32LE() === zstdMagic) return { gzip: false, packing: 'zstd' };
  return { gzip: magic[0] === 0x1f && magic[1] === 0x8b };
}

import { log } from '@temporalio/activity';
import { putJson } from '../lake/object-store.js';
import { TerminalError } from '../model/errors.js';
import { keys, type RunRef } from '../model/keys.js';
import type { ExtractManifest, Plan, RawPart } from '../model/plan.js';
import { redactor } from '../model/redact.js';
import { hasPages } from '../model/source.js';
import { keepsState } from '../model/source-state.js';
import { sourceSession } from '../sources/http/session.js';
import { secretsOf } from '../sources/secrets/secrets.js';
import { openSource, type RawObject } from '../sources/open-source.js';
import { alive, type Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { hostRates } from './host-rates.js';
import { stateBefore } from './source-state.js';
import { pageWriter } from './page-writer.js';
import type { Activities } from './types.js';

/** bytes of a part that newline-delimited objects are merged into: what extract holds, and one task of a thread */
const maxPartBytes = 32 * 1024 * 1024;
/** without a newline up to here, the rest of the object is streamed into the part */
const mostHeldBytes = 2 * maxPartBytes;
/** keeps the results of a run's parts far below history's limits */
const maxParts = 500;

export function extract(dependencies: Dependencies): Activities['extract'] {
  const { environment, envFile, redact = redactor(environment) } = dependencies;
  const { client, settings } = dependencies;
  const secrets = secretsOf({ environment, envFile, redact });
  const session = sourceSession(environment, redact, secrets, client && hostRates(client, settings.taskQueue));
  return ({ run, plan }) =>
    alive(async (alive) => {
      const address = dependencies.settings.sources[run.pipeline];
      const limits = dependencies.settings.sourceLimits;
      const parts: RawPart[] = [];
      const writer = partWriter(dependencies, run, plan, parts, alive);
      const pipeline = dependencies.pipelines.find(({ name }) => name === run.pipeline);
      const isKeeping = pipeline !== undefined && keepsState(plan.source);
      const begunWith = isKeeping ? ((await stateBefore(dependencies, pipeline, run, alive)) ?? {}) : undefined;
      const pages = hasPages(plan.source)
        ? await pageWriter(dependencies, { run, plan, begunWith }, maxParts, alive)
        : undefined;
      const generate = pipeline?.generate;
      // code that goes on has what it kept so far; requests of an interval all begin with the same
      const state = plan.source.kind === 'custom' ? pages?.state() : begunWith;
      const known = async () => (await pages?.names()) ?? new Set<string>();
      const options = {
        limits,
        session,
        sign: () => alive.sign(),
        ...(address && { address }),
        ...(state && { state }),
        ...(generate && { custom: { generate, params: plan.params ?? {}, logger: log, known } }),
      };
      const driver = openSource(plan.source, options);
      let files = 0;
      for await (const object of driver.list(run.interval, alive.signal, pages?.from)) {
        alive.sign();
        if (pages && object.after !== undefined) {
          await pages.add(object, object.after);
          continue;
        }
        files++;
        const isPlain = !object.gzip && !object.packing && !object.isUtf16;
        const isMergeable = plan.source.records.form === 'ndjson' && isPlain;
        await (isMergeable ? writer.merge(object) : writer.own(object));
      }
      await writer.flush();
      if (pages) {
        await pages.end();
        const found = await pages.parts();
        parts.push(...found.parts);
        files += found.pages;
      }
      const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
      const manifest: ExtractManifest = {
        step: 'extract',
        run,
        bucket: plan.rawBucket,
        source: plan.source,
        parts,
        files,
        bytes,
        ...(begunWith && { begunWith, state: pages?.state() ?? begunWith }),
      };
      await putJson(dependencies.store, { bucket: plan.rawBucket, key: keys.rawManifest(run) }, manifest);
      const ref = await putJson(
        dependencies.store,
        { bucket: plan.lakeBucket, key: keys.step(run, 'extract') },
        manifest,
      );
      return { manifest: ref, parts: parts.length, files, bytes };
    });
}

function partWriter({ store }: Dependencies, run: RunRef, plan: Plan, parts: RawPart[], { sign, signal }: Alive) {
  const extension = plan.source.records.form;
  let held: Uint8Array[] = [];
  let bytes = 0;
  let sources: RawPart['sources'] = [];

  function nextKey(packing?: string): string {
    if (parts.length === maxParts) {
      throw new TerminalError('TooManyParts', `${run.workflowId} has more than ${maxParts} raw parts`);
    }
    return keys.rawPart(run, parts.length, packing ? `${extension}.${packing}` : extension);
  }

  async function write(body: Uint8Array): Promise<void> {
    const key = nextKey();
    await store.put({ bucket: plan.rawBucket, key }, body);
    parts.push({ key, bytes: body.length, gzip: false, sources });
  }

  async function flush(): Promise<void> {
    if (bytes > 0) await write(Buffer.concat(held));
    held = [];
    bytes = 0;
    sources = [];
  }

  /** what is held and the rest of an object, as one part that is never held as a whole */
  async function streamRest(rest: AsyncIterator<Uint8Array>, source: RawPart['sources'][number]): Promise<void> {
    const key = nextKey();
    const begun = held;
    held = [];
    async function* all() {
      for (let chunk = begun.shift(); chunk; chunk = begun.shift()) yield chunk;
      let last = 0;
      for (let next = await rest.next(); !next.done; next = await rest.next()) {
        sign();
        source.bytes += next.value.length;
        last = next.value.at(-1) ?? last;
        yield next.value;
      }
      if (last !== 0x0a) yield Uint8Array.of(0x0a);
    }
    const size = await store.upload({ bucket: plan.rawBucket, key }, all(), signal);
    parts.push({ key, bytes: size, gzip: false, sources });
    bytes = 0;
    sources = [];
  }

  const described = ({ name, etag, modified }: RawObject, offset: number): RawPart['sources'][number] => ({
    name,
    ...(etag && { etag }),
    ...(modified && { modified }),
    offset,
    bytes: 0,
  });

  return {
    flush,
    /** appends newline-delimited bytes to the current part; a full part is cut after a newline */
    async merge(object: RawObject): Promise<void> {
      let source = described(object, bytes);
      sources.push(source);
      let last = 0x0a;
      const done = { bytes: 0, lines: 0 };
      const chunks = (await object.open(signal))[Symbol.asyncIterator]();
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
        const chunk = next.value;
        sign();
        if (chunk.length === 0) continue;
        held.push(chunk);
        bytes += chunk.length;
        source.bytes += chunk.length;
        last = chunk.at(-1) ?? last;
        const cut = bytes > maxPartBytes ? chunk.lastIndexOf(0x0a) : -1;
        const rest = chunk.subarray(cut + 1);
        done.bytes += chunk.length;
        done.lines += newlines(chunk);
        if (cut < 0 && bytes > mostHeldBytes) return streamRest(chunks, source);
        if (cut < 0) continue;
        held[held.length - 1] = chunk.subarray(0, cut + 1);
        bytes -= rest.length;
        source.bytes -= rest.length;
        await flush();
        const skipped = { bytes: done.bytes - rest.length, lines: done.lines };
        source = { ...described(object, 0), bytes: rest.length, skipped };
        sources.push(source);
        held = [rest];
        bytes = rest.length;
      }
      // the real files lack their last newline
      if (last !== 0x0a) {
        held.push(Uint8Array.of(0x0a));
        bytes++;
      }
    },
    /** a part of its own, bytes as received */
    async own(object: RawObject): Promise<void> {
      await flush();
      const { gzip, packing } = object;
      const key = nextKey(packing ?? (gzip ? 'gz' : undefined));
      async function* signed() {
        for await (const chunk of await object.open(signal)) {
          sign();
          yield chunk;
        }
      }
      const size = await store.upload({ bucket: plan.rawBucket, key }, signed(), signal);
      const sources = [{ ...described(object, 0), bytes: size }];
      parts.push({ key, bytes: size, gzip, ...(packing && { packing }), sources });
    },
  };
}

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}

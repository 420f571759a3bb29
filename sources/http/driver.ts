import { TerminalError } from '../../model/errors.js';
import type { HttpSource } from '../../model/http-source.js';
import { redactor } from '../../model/redact.js';
import { hasPages } from '../../model/source.js';
import { heldBody, openBody, type RawBody } from '../raw-body.js';
import type { BodyLimits, DriverOptions, Place, RawObject, SourceDriver } from '../source-driver.js';
import { httpClient, type Answer } from './client.js';
import { eachParent, type ParentPlace } from './each-parent.js';
import { holdAnswer, type HeldAnswer } from './held-answer.js';
import { heldPages, type Asking } from './held-pages.js';
import { movedSource } from './moved-source.js';
import { packingOf } from './packing.js';
import { refuseFurtherPage } from './refuse-further-page.js';
import { headerOf, lengthOf } from './response.js';
import { placeSeal } from './seal.js';
import { sourceSession, type SourceSession } from './session.js';

/** the answers of an API to the requests of one interval, each an object */
export function httpDriver(source: HttpSource, options: DriverOptions): SourceDriver {
  const session = options.session ?? sourceSession({}, redactor({}));
  const { mostBytes = Infinity } = source;
  const limits = options.limits && { ...options.limits, bytes: Math.min(options.limits.bytes, mostBytes) };
  const given = {
    ...options,
    ...(limits ? { limits } : mostBytes < Infinity && { limits: { bytes: mostBytes, bytesPerSecond: 0 } }),
  };
  return {
    async *list(interval, signal, from) {
      if (from === null) return;
      session.check(source);
      const asking: Asking = { interval, options: given, session, signal };
      const moved = movedSource(source, options.address);
      if (hasPages(source)) yield* eachAnswer(moved, asking, from);
      else yield* oneAnswer(moved, httpClient(moved, interval, given, session), given, session, signal);
    },
  };
}

/** places are kept in the lake, so that they have names of secrets and not their values */
async function* eachAnswer(source: HttpSource, asking: Asking, from: Place | undefined): AsyncGenerator<RawObject> {
  const seal = placeSeal(source, asking.session);
  const begin = from ? seal.open(from) : undefined;
  const { each } = source;
  const { address: _, ...declared } = asking.options;
  const moved = each ? { ...asking, options: declared } : asking;
  const pagesOf = (one: HttpSource, place: Place | undefined) => heldPages(one, moved, place);
  const pages = each ? eachParent(source, each, begin as ParentPlace | undefined, pagesOf) : pagesOf(source, begin);
  for await (const { held, name, after } of pages) {
    yield { ...described(held), ...heldObject(held), name, after: after && seal.close(after) };
  }
}

type Client = ReturnType<typeof httpClient>;

/** the only answer streams, unless its body has to be understood */
async function* oneAnswer(
  source: HttpSource,
  client: Client,
  { limits }: DriverOptions,
  session: SourceSession,
  signal: AbortSignal,
): AsyncGenerator<RawObject> {
  const answer = await client.ask({}, signal);
  if (!answer) return;
  refuseFurtherPage(answer, source);
  if (source.failure) {
    const held = await holdAnswer(answer, source, limits, session.redact);
    yield { ...described(held), ...heldObject(held) };
    return;
  }
  const named = packingOf(answer.response, answer.what);
  const body = await streamed(answer, limits);
  const packing = named ?? (body.isZstd ? 'zstd' : undefined);
  const held = heldBody(body, async (signal) => {
    const again = await client.ask({}, signal);
    if (!again)
      throw new TerminalError('SourceNotFound', `${answer.what}: the answer is gone when it is asked for again`);
    return streamed(again, limits);
  });
  try {
    yield {
      ...described(answer),
      gzip: body.gzip && !packing,
      ...(packing && { packing }),
      ...(body.isUtf16 && { isUtf16: true }),
      open: held.open,
    };
  } finally {
    held.release();
  }
}

function streamed({ response, what, signal }: Answer, limits: BodyLimits | undefined): Promise<RawBody> {
  return openBody(response.body, what, signal, lengthOf(response), limits);
}

function heldObject({ bytes, gzip, isUtf16, packing }: HeldAnswer): Pick<RawObject, 'gzip' | 'open'> {
  async function* chunks() {
    yield bytes;
  }
  return { gzip, ...(packing && { packing }), ...(isUtf16 && { isUtf16 }), open: async () => chunks() };
}

function described({ name, response }: Answer): Pick<RawObject, 'name'> {
  const etag = headerOf(response, 'etag');
  const bytes = lengthOf(response);
  const modified = Date.parse(headerOf(response, 'last-modified') ?? '');
  return {
    name,
    ...(etag && { etag }),
    ...(!Number.isNaN(modified) && { modified: new Date(modified).toISOString() }),
    ...(bytes !== undefined && { bytes }),
  };
}

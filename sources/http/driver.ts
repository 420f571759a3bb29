import { TerminalError } from '../../model/errors.js';
import type { HttpPages, HttpSource } from '../../model/http-source.js';
import { redactor } from '../../model/redact.js';
import { heldBody, openBody, type RawBody } from '../raw-body.js';
import type { BodyLimits, DriverOptions, Place, RawObject, SourceDriver } from '../source-driver.js';
import { httpClient, type Answer } from './client.js';
import { holdAnswer, type HeldAnswer } from './held-answer.js';
import { changeFor, firstPlace, placeAfter, type PagePlace } from './next-page.js';
import { packingOf } from './packing.js';
import { patiently } from './patiently.js';
import { dropBody, headerOf, lengthOf, nextLinkOf } from './response.js';
import { placeSeal } from './seal.js';
import { sourceSession, type SourceSession } from './session.js';

const firstWait = 500;

/** the answers of an API to the requests of one interval, each an object */
export function httpDriver(source: HttpSource, options: DriverOptions): SourceDriver {
  const session = options.session ?? sourceSession({}, redactor({}));
  const { mostBytes = Infinity } = source;
  const limits = options.limits && { ...options.limits, bytes: Math.min(options.limits.bytes, mostBytes) };
  const given = {
    ...options,
    ...(limits ? { limits } : mostBytes < Infinity && { limits: { bytes: mostBytes, bytesPerSecond: 0 } }),
  };
  const { pages } = source;
  return {
    async *list(interval, signal, from) {
      if (from === null) return;
      session.check(source);
      const client = httpClient(source, interval, given, session);
      if (pages === undefined || pages === 'none') yield* oneAnswer(source, client, given, session, signal);
      else yield* eachPage({ source, pages, client, options: given, session, signal, from });
    },
  };
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
  const packing = packingOf(answer.response, answer.what);
  const body = await streamed(answer, limits);
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

interface Paged {
  source: HttpSource;
  pages: HttpPages;
  client: Client;
  options: DriverOptions;
  session: SourceSession;
  signal: AbortSignal;
  from: Place | undefined;
}

/** page after page, each whole before the next is asked for */
async function* eachPage({ source, pages, client, options, session, signal, from }: Paged): AsyncGenerator<RawObject> {
  const seal = placeSeal(source, session);
  const { limits, sign = () => undefined } = options;
  let place: PagePlace | undefined = from ? seal.open(from as PagePlace) : firstPlace(pages);
  const seen = new Set<string>();
  while (place) {
    const at: PagePlace = place;
    const held = await patiently(
      async () => {
        const answer = await client.ask(changeFor(pages, at), signal);
        return answer && holdAnswer(answer, source, limits, session.redact);
      },
      { signal, sign, firstWait: options.firstWait ?? firstWait },
    );
    if (!held) return;
    place = followed(
      placeAfter(pages, at, { document: held.document, link: nextLinkOf(held.response) }, held.what),
      held,
    );
    const name = at.page === 0 ? held.name : `${held.name}#page=${at.page + 1}`;
    yield { ...described(held), ...heldObject(held), name, after: place ? seal.close(place) : null };
  }

  /** an address is held to the hosts that are trusted, and must be one that was not asked yet */
  function followed(next: PagePlace | undefined, { url, what }: HeldAnswer): PagePlace | undefined {
    if (!next || (pages.by !== 'link' && pages.by !== 'url' && pages.by !== 'cursor')) return next;
    const isAddress = pages.by !== 'cursor';
    if (isAddress && typeof next.next !== 'string') {
      throw new TerminalError(
        'MorePages',
        `${what}: the next page must be an address, got ${JSON.stringify(next.next)}`,
      );
    }
    const resolved = isAddress ? client.trust.follow(String(next.next), url, `${what}: the next page`).href : next.next;
    const key = JSON.stringify(resolved);
    if (seen.has(key))
      throw new TerminalError('EndlessPages', `${what}: page ${next.page} leads back to an earlier page`);
    seen.add(key);
    return { ...next, next: resolved };
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

function refuseFurtherPage({ response, what }: Answer, { pages }: HttpSource): void {
  if (pages === 'none' || nextLinkOf(response) === undefined) return;
  dropBody(response);
  throw new TerminalError('MorePages', `${what}: the answer says that there is more: it has a Link to the next page`);
}

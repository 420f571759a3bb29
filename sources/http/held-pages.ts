import { TerminalError } from '../../model/errors.js';
import type { HttpSource } from '../../model/http-source.js';
import type { Interval } from '../../model/interval.js';
import type { DriverOptions, Place } from '../source-driver.js';
import { httpClient } from './client.js';
import { holdAnswer, type HeldAnswer } from './held-answer.js';
import { changeFor, firstPlace, placeAfter, type PagePlace } from './next-page.js';
import { patiently } from './patiently.js';
import { refuseFurtherPage } from './refuse-further-page.js';
import { nextLinkOf } from './response.js';
import type { SourceSession } from './session.js';

const firstWait = 500;

export interface HeldPage {
  held: HeldAnswer;
  name: string;
  /** null after the last */
  after: Place;
}

export interface Asking {
  interval: Interval;
  options: DriverOptions;
  session: SourceSession;
  signal: AbortSignal;
}

/** page after page, each whole before the next is asked for; without pages, the only answer */
export async function* heldPages(
  source: HttpSource,
  { interval, options, session, signal }: Asking,
  from: Place | undefined,
): AsyncGenerator<HeldPage> {
  if (from === null) return;
  const client = httpClient(source, interval, options, session);
  const { limits, sign = () => undefined } = options;
  const pages = source.pages === 'none' ? undefined : source.pages;
  let place: PagePlace | undefined =
    (from as PagePlace | undefined) ?? (pages ? firstPlace(pages) : { page: 0, records: 0 });
  const seen = new Set<string>();
  while (place) {
    const at: PagePlace = place;
    const held = await patiently(
      async () => {
        const answer = await client.ask(pages ? changeFor(pages, at) : {}, signal);
        if (answer && !pages) refuseFurtherPage(answer, source);
        return answer && holdAnswer(answer, source, limits, session.redact);
      },
      { signal, sign, firstWait: options.firstWait ?? firstWait },
    );
    if (!held) return;
    const page = { document: held.document, link: nextLinkOf(held.response) };
    place = pages && follow(placeAfter(pages, at, page, held.what), held, pages.by);
    const name = at.page === 0 ? held.name : `${held.name}#page=${at.page + 1}`;
    yield { held, name, after: place ?? null };
  }

  /** an address is held to the hosts that are trusted, and must be one that was not asked yet */
  function follow(next: PagePlace | undefined, { url, what }: HeldAnswer, by: string): PagePlace | undefined {
    if (!next || (by !== 'link' && by !== 'url' && by !== 'cursor')) return next;
    const isAddress = by !== 'cursor';
    if (isAddress && typeof next.next !== 'string') {
      const got = JSON.stringify(next.next);
      throw new TerminalError('MorePages', `${what}: the next page must be an address, got ${session.redact(got)}`);
    }
    const resolved = isAddress ? client.trust.follow(String(next.next), url, `${what}: the next page`).href : next.next;
    const key = JSON.stringify(resolved);
    if (seen.has(key))
      throw new TerminalError('EndlessPages', `${what}: page ${next.page} leads back to an earlier page`);
    seen.add(key);
    return { ...next, next: resolved };
  }
}

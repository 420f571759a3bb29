import { createHash } from 'node:crypto';
import { TerminalError } from '../../model/errors.js';
import type { HttpPages } from '../../model/http-source.js';
import { placeIn, type Document } from './document.js';
import { textOf, type PageChange } from './request.js';

/** which page comes next: plain data, kept in the lake with what is there already */
export interface PagePlace {
  /** pages before it */
  page: number;
  /** records before it */
  records: number;
  /** address, cursor, offset or number of the page; absent for the first one of some kinds */
  next?: unknown;
  /** of the page before it */
  digest?: string;
}

/** a page as it came */
export interface Page {
  document: Document;
  /** of the Link header */
  link: string | undefined;
}

export function firstPlace(pages: HttpPages): PagePlace {
  const next = pages.by === 'offset' ? 0 : pages.by === 'page' ? pages.from : undefined;
  return { page: 0, records: 0, ...(next !== undefined && { next }) };
}

/** what a place asks for beside the source's own request */
export function changeFor(pages: HttpPages, { next }: PagePlace): PageChange {
  if (pages.by === 'link' || pages.by === 'url') return next === undefined ? {} : { url: textOf(next) };
  if (next === undefined) return {};
  const values = { [pages.param]: next, ...(pages.by === 'offset' && { [pages.limitParam]: pages.limit }) };
  if (pages.in === 'body') return { body: values };
  return { query: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, textOf(value)])) };
}

/** the place behind a page; undefined at the end. Throws for pages that have no end, and for an end that comes too early */
export function placeAfter(pages: HttpPages, at: PagePlace, page: Page, what: string): PagePlace | undefined {
  const records = at.records + page.document.records;
  const next = nextOf(pages, { ...at, records }, page, what);
  if (next === undefined) return undefined;
  const digest = createHash('sha256').update(page.document.content).digest('base64url').slice(0, 22);
  // an empty page may be followed by others
  if (page.document.records > 0 && digest === at.digest) {
    throw new TerminalError('EndlessPages', `${what}: page ${at.page + 1} has the records of page ${at.page} again`);
  }
  if (
    (pages.by === 'link' || pages.by === 'url' || pages.by === 'cursor') &&
    textOf(next) === textOf(at.next ?? null)
  ) {
    throw new TerminalError('EndlessPages', `${what}: page ${at.page + 1} names itself as the next page`);
  }
  if (at.page + 1 >= pages.mostPages) {
    throw new TerminalError('EndlessPages', `${what}: there are more pages than mostPages, ${pages.mostPages}`);
  }
  return { page: at.page + 1, records, next, digest };
}

function nextOf(pages: HttpPages, at: PagePlace, { document, link }: Page, what: string): unknown {
  const valueAt = (place: string) => placeIn(document.value, place);
  switch (pages.by) {
    case 'link':
      return link;
    case 'url':
      return given(valueAt(pages.at));
    case 'cursor': {
      const goesOn = pages.until === undefined ? undefined : valueAt(pages.until);
      if (pages.until !== undefined && goesOn === undefined) throw without(what, at, pages.until);
      if (goesOn === false) return undefined;
      const cursor = given(valueAt(pages.at));
      if (goesOn === true && cursor === undefined) throw without(what, at, pages.at);
      return cursor;
    }
    case 'offset': {
      const total = totalAt(pages.total, valueAt, what, at);
      if (document.records === 0 || (total !== undefined && at.records >= total)) {
        return endAt(total, at.records, document.records, what);
      }
      // by what came: a server may give fewer than it is asked for
      return at.records;
    }
    case 'page': {
      const total = totalAt(pages.total, valueAt, what, at);
      if (total !== undefined) return at.page + 1 >= total ? undefined : pages.from + at.page + 1;
      return document.records === 0 ? undefined : pages.from + at.page + 1;
    }
  }
}

function given(value: unknown): unknown {
  return value === null || value === '' || value === false ? undefined : value;
}

function without(what: string, at: PagePlace, place: string): TerminalError {
  return new TerminalError(
    'MorePages',
    `${what}: page ${at.page + 1} has nothing at '${place}', where it should lead on`,
  );
}

function totalAt(place: string | undefined, valueAt: (place: string) => unknown, what: string, at: PagePlace) {
  if (place === undefined) return undefined;
  const total = Number(valueAt(place) ?? NaN);
  if (!Number.isFinite(total)) {
    throw new TerminalError('MorePages', `${what}: page ${at.page + 1} has no total at '${place}'`);
  }
  return total;
}

function endAt(total: number | undefined, records: number, last: number, what: string): undefined {
  if (total === undefined || records >= total || last > 0) return undefined;
  throw new TerminalError('MorePages', `${what}: an empty page came after ${records} of ${total} records`);
}

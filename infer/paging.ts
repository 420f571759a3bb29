import { placeIn } from '../sources/http/document.js';
import { containers, more, saysMore, total as totalRecords, totalPages } from '../sources/says-more.js';
import { quoted } from './render-fields.js';

/** how an answer leads to the next one, as a definition declares it */
export interface DraftPages {
  /** absent where the answer is the whole */
  call?: string;
  /** function that the definition imports */
  name?: string;
  note: string;
}

export interface SeenAnswer {
  document: unknown;
  at?: string;
  /** the Link header names a next page */
  hasNextLink: boolean;
  /** of the address that was asked */
  query: Record<string, string>;
}

const nextAddress = /^(@?odata\.)?next(_?(page|url|uri|link|href|page_?url|page_?link))?$/i;
const nextCursor = /^(next_?(cursor|token|marker|page_?token)|cursor|end_?cursor|continuation(_?token)?|scroll_?id)$/i;

/** paging as far as one answer shows it; undefined where nothing says that there are pages */
export function draftPages({ document, at, hasNextLink, query }: SeenAnswer): DraftPages | undefined {
  if (hasNextLink)
    return { call: 'nextLink()', name: 'nextLink', note: 'the answer has a Link header with rel="next"' };
  const members = ['', ...containers].flatMap((name) => {
    const value = name === '' ? document : placeIn(document, name);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
    return Object.entries(value).map(([key, one]) => ({
      key,
      place: name === '' ? key : `${name}.${key}`,
      value: one as unknown,
    }));
  });
  const list = at === undefined ? document : placeIn(document, at);
  const told = saysMore(document, Array.isArray(list) ? list.length : undefined);
  const find = (pattern: RegExp) => members.find(({ key }) => pattern.test(key));
  const next = members.find(({ key, value }) => nextAddress.test(key) && (isAddress(value) || value === null));
  // a link to the next days is none to the rest of these
  if (next && (told !== undefined || next.value === null)) {
    return {
      call: `nextUrl(${quoted(next.place)})`,
      name: 'nextUrl',
      note: `'${next.place}' has the address of the next page`,
    };
  }
  const cursor = members.find(({ key, value }) => nextCursor.test(key) && typeof value !== 'object');
  const flag = find(more);
  const until = flag ? `, until: ${quoted(flag.place)}` : '';
  if (cursor && (told !== undefined || flag)) {
    const param = Object.keys(query).find((name) => /cursor|token|after|marker/i.test(name)) ?? parameterOf(cursor.key);
    const call = `cursor({ param: ${quoted(param)}, at: ${quoted(cursor.place)}${until} })`;
    return { call, name: 'cursor', note: `'${cursor.place}' has the cursor; the parameter's name is a guess` };
  }
  const last = Array.isArray(list) ? (list.at(-1) as unknown) : undefined;
  if (flag && typeof last === 'object' && last !== null && Object.hasOwn(last, 'id')) {
    const place = `${at === undefined ? '' : `${at}.`}-1.id`;
    const call = `cursor({ param: 'starting_after', at: ${quoted(place)}${until} })`;
    return {
      call,
      name: 'cursor',
      note: `'${flag.place}' says whether more follows; that the last id leads on is a guess`,
    };
  }
  return byNumber(query, find(totalPages)?.place, find(totalRecords)?.place) ?? unknown(told);
}

function byNumber(
  query: Record<string, string>,
  pages: string | undefined,
  records: string | undefined,
): DraftPages | undefined {
  const named = (pattern: RegExp) => Object.keys(query).find((name) => pattern.test(name));
  const page = named(/^page(_?(no|number))?$/i);
  if (pages !== undefined || page !== undefined) {
    const param = page ?? 'page';
    const total = pages === undefined ? '' : `, total: ${quoted(pages)}`;
    const from = Number(query[param] ?? 1);
    const call = `pageNumber({ param: ${quoted(param)}, from: ${from}${total} })`;
    return {
      call,
      name: 'pageNumber',
      note: pages === undefined ? 'by the address: ends with an empty page' : `'${pages}' counts the pages`,
    };
  }
  const [start, limit] = [named(/^(offset|skip|start)$/i), named(/^(limit|per_?page|page_?size|count|rows)$/i)];
  if (limit === undefined || (start === undefined && records === undefined)) return undefined;
  const size = Number(query[limit]);
  if (!Number.isInteger(size) || size < 1) return undefined;
  const total = records === undefined ? '' : `, total: ${quoted(records)}`;
  const param = `param: ${quoted(start ?? 'offset')}, limitParam: ${quoted(limit)}`;
  return {
    call: `offset({ limit: ${size}, ${param}${total} })`,
    name: 'offset',
    note: 'by the address and the total of the answer',
  };
}

function unknown(told: string | undefined): DraftPages | undefined {
  if (told === undefined) return undefined;
  return { call: "'none'", note: `the answer says that there is more (${told}): say how the next page is asked for` };
}

/** `nextPageToken` is sent as `pageToken` */
function parameterOf(key: string): string {
  const name = key.replace(/^next_?/i, '');
  return /^end_?cursor$/i.test(name) ? 'after' : name.charAt(0).toLowerCase() + name.slice(1);
}

const isAddress = (value: unknown) => typeof value === 'string' && /^(https?:\/\/|\/|\?)/.test(value);

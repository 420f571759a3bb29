import { TerminalError } from '../../model/errors.js';
import type { HttpBody, HttpSource } from '../../model/http-source.js';
import { filledAddress } from '../../model/filled-address.js';
import { mapTexts } from '../../model/map-texts.js';
import type { Place } from '../source-driver.js';
import { placeIn } from './document.js';
import type { HeldPage } from './held-pages.js';

/** where requests per parent go on: plain data */
export interface ParentPlace {
  /** parents whose requests are not done, the first of them being asked for */
  values: (string | number)[];
  /** the page of parents after those */
  parents: Place | undefined;
  /** the page of the first parent's answers */
  child?: Place;
}

type Pages = (source: HttpSource, from: Place | undefined) => AsyncGenerator<HeldPage>;

/** the answers for each value that another request lists, parent after parent */
export async function* eachParent(
  source: HttpSource,
  { from, at }: NonNullable<HttpSource['each']>,
  begin: ParentPlace | undefined,
  pagesOf: Pages,
): AsyncGenerator<HeldPage> {
  let place = begin ?? { values: [], parents: undefined };
  for (;;) {
    while (place.values.length > 0) {
      const [value = '', ...values] = place.values;
      const { child, ...here } = place;
      const next: ParentPlace = { values, parents: place.parents };
      const isLast = values.length === 0 && place.parents === null;
      for await (const page of pagesOf(withParent(source, value), child)) {
        yield { ...page, after: page.after ? { ...here, child: page.after } : isLast ? null : next };
      }
      place = next;
    }
    if (place.parents === null) return;
    const found = await firstOf(pagesOf(from, place.parents));
    if (!found) return;
    place = { values: valuesOf(found, from, at), parents: found.after };
  }
}

async function firstOf(pages: AsyncGenerator<HeldPage>): Promise<HeldPage | undefined> {
  for await (const page of pages) return page;
  return undefined;
}

function valuesOf({ held, name }: HeldPage, { records }: HttpSource, at: string): (string | number)[] {
  const place = records.form === 'json' ? records.at : undefined;
  const list = place === undefined ? held.document.value : placeIn(held.document.value, place);
  return [list ?? []].flat().map((record, index) => {
    const value = placeIn(record, at);
    if (typeof value === 'string' || typeof value === 'number') return value;
    throw new TerminalError('SourceRefused', `${name}: record ${index} has no text or number at '${at}', for each`);
  });
}

const placeholder = /\{each\}/g;

/** the source of one parent: `{each}` is its value */
function withParent(of: HttpSource, value: string | number): HttpSource {
  const { each: _, ...source } = of;
  const filled = (text: string) => text.replace(placeholder, String(value));
  const { body } = source;
  // a text that is only the parent keeps its type in JSON
  const typed = (text: string) => (text === '{each}' ? value : filled(text));
  return {
    ...source,
    url: filledAddress(
      source.url,
      placeholder,
      () => value,
      (why) => new TerminalError('SourceRefused', why),
    ),
    query: mapTexts(source.query, filled) as HttpSource['query'],
    headers: mapTexts(source.headers, filled) as HttpSource['headers'],
    ...(body && { body: mapTexts(body, 'json' in body ? typed : filled) as HttpBody }),
  };
}

import { secretNames, type HttpSource } from '../../model/http-source.js';
import { mapTexts } from '../../model/map-texts.js';
import type { SourceSession } from './session.js';

/** places are kept in the lake, and the address of a next page may repeat a secret: its name is kept instead */
export function placeSeal(source: HttpSource, session: SourceSession) {
  const values = secretNames(source)
    .map((secret) => ({ mark: `{secret:${secret}}`, value: session.read({ secret }) }))
    .toSorted((a, b) => b.value.length - a.value.length);
  const replaced = (place: object, replace: (text: string) => string) => mapTexts(place, replace) as object;
  return {
    close: (place: object): object =>
      replaced(place, (text) =>
        values.reduce(
          (hidden, { mark, value }) =>
            hidden.replaceAll(value, mark).replaceAll(inQuery(value), mark).replaceAll(encodeURIComponent(value), mark),
          text,
        ),
      ),
    open: (place: object): object =>
      replaced(place, (text) =>
        values.reduce((shown, { mark, value }) => {
          const isAddress = /^https?:/.test(text);
          return shown.replaceAll(mark, isAddress ? encodeURIComponent(value) : value);
        }, text),
      ),
  };
}

const inQuery = (value: string) => new URLSearchParams({ v: value }).toString().slice(2);

import { secretNames } from '../../model/http-source.js';
import { mapTexts } from '../../model/map-texts.js';
import type { SourceSession } from './session.js';

/** places are kept in the lake, and the address of a next page may repeat a secret: its name is kept instead */
export function placeSeal(source: unknown, { secrets }: SourceSession) {
  const names = secretNames(source);
  const markOf = (name: string) => `${begin}${name}}`;
  const replaced = (place: object, replace: (text: string) => string) => mapTexts(place, replace) as object;
  return {
    close(place: object): object {
      const values = names
        .flatMap((name) => secrets.valuesOf(name).map((value) => ({ mark: markOf(name), value })))
        .toSorted((a, b) => b.value.length - a.value.length);
      return replaced(place, (text) =>
        values.reduce(
          (hidden, { mark, value }) =>
            hidden.replaceAll(value, mark).replaceAll(inQuery(value), mark).replaceAll(encodeURIComponent(value), mark),
          // what an answer names as a mark is none: it would be given the secret
          text.replaceAll(begin, escapedBegin),
        ),
      );
    },
    open: (place: object): object =>
      replaced(place, (text) => {
        const isAddress = /^https?:/.test(text);
        return text.replace(/\{secret:([^{}]*)\}/g, (mark, name: string) => {
          if (mark === escapedBegin) return begin;
          if (!names.includes(name)) return mark;
          return isAddress ? encodeURIComponent(secrets.value(name)) : secrets.value(name);
        });
      }),
  };
}

const begin = '{secret:';
const escapedBegin = `${begin}}`;
const inQuery = (value: string) => new URLSearchParams({ v: value }).toString().slice(2);

import { TerminalError } from './errors.js';
import { filledAddress } from './filled-address.js';
import type { HttpSource } from './http-source.js';
import { mapTexts } from './map-texts.js';
import type { Source } from './source.js';
import { greatest, type SourceState } from './state-value.js';

const placeholder = /\{state\.([^{}]*)\}/g;
const namedIn = (text: string) => Array.from(text.matchAll(placeholder), ([, name = '']) => name);

/** values of the state that a source's texts name */
export const stateNamedIn = (texts: string[]): string[] => texts.flatMap(namedIn);

/** the requests of an interval that begins with this state; what names a value that it lacks is left out */
export function withState(source: HttpSource, state: SourceState): HttpSource {
  if (!source.state) return source;
  const values: SourceState = { ...initialState(source), ...state };
  const textOf = (name: string) => {
    const value = values[name];
    return typeof value === 'string' || typeof value === 'number' ? `${value}` : '';
  };
  const filled = (text: string) => text.replace(placeholder, (_, name: string) => textOf(name));
  const given = (text: string) =>
    namedIn(text).every((name) => values[name] !== undefined) ? filled(text) : undefined;
  const { body } = source;
  return {
    ...source,
    url: given(source.url) === undefined ? source.url.replace(placeholder, '') : inAddress(source.url, textOf),
    query: mapTexts(source.query, given) as HttpSource['query'],
    headers: mapTexts(source.headers, given) as HttpSource['headers'],
    ...(body && { body: mapTexts(body, given) as NonNullable<HttpSource['body']> }),
  };
}

const inAddress = (url: string, textOf: (name: string) => string) =>
  filledAddress(url, placeholder, textOf, (why) => new TerminalError('SourceRefused', why));

function initialState({ state = {} }: HttpSource): SourceState {
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, { initial }]) => (initial === undefined ? [] : [[name, initial]])),
  );
}

/** what a source has come to once it has given more */
export function advanced(source: Source, before: SourceState | undefined, more: SourceState): SourceState {
  if (source.kind === 'custom') return more;
  const found = { ...before };
  for (const [name, value] of Object.entries(more)) found[name] = greatest([found[name], value]);
  return found;
}

import type { HttpSource } from './http-source.js';
import { mapTexts } from './map-texts.js';
import type { Source } from './source.js';

/** plain data that a source hands from one interval to the next: in its extract manifest */
export type SourceState = Record<string, unknown>;

/** one value of the state of an `http` source: the greatest at this place of its records, by number or by text */
export interface StateValue {
  at: string;
  /** in the first interval; what names the value is left out of the request when absent */
  initial?: string | number;
}

export const keepsState = (source: Source): boolean =>
  (source.kind === 'http' || source.kind === 'custom') && source.state !== undefined;

const placeholder = /\{state\.([^{}]*)\}/g;
const namedIn = (text: string) => Array.from(text.matchAll(placeholder), ([, name = '']) => name);

/** values of the state that a source's texts name */
export const stateNamedIn = (texts: string[]): string[] => texts.flatMap(namedIn);

/** the requests of an interval that begins with this state; what names a value that it lacks is left out */
export function withState(source: HttpSource, state: SourceState): HttpSource {
  if (!source.state) return source;
  const values: SourceState = { ...initialState(source), ...state };
  const filled = (text: string) => text.replace(placeholder, (_, name: string) => String(values[name] ?? ''));
  const given = (text: string) =>
    namedIn(text).every((name) => values[name] !== undefined) ? filled(text) : undefined;
  const { body } = source;
  return {
    ...source,
    url: source.url.replace(placeholder, (_, name: string) => encodeURIComponent(String(values[name] ?? ''))),
    query: mapTexts(source.query, given) as HttpSource['query'],
    headers: mapTexts(source.headers, given) as HttpSource['headers'],
    ...(body && { body: mapTexts(body, given) as NonNullable<HttpSource['body']> }),
  };
}

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

/** of texts and numbers; others are passed by */
export function greatest(values: unknown[]): string | number | undefined {
  const fit = values.filter((one) => typeof one === 'string' || typeof one === 'number');
  return fit.reduce<string | number | undefined>(
    (most, one) => (most === undefined || isAbove(one, most) ? one : most),
    undefined,
  );
}

const isWhole = (value: string | number) => /^-?\d+$/.test(String(value));

function isAbove(a: string | number, b: string | number): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a > b;
  // ids that JavaScript cannot hold come as texts
  if (isWhole(a) && isWhole(b)) return BigInt(a) > BigInt(b);
  return String(a) > String(b);
}

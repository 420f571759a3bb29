import type { Source } from './source.js';

/** what a run was asked to do differently; kept in history and in the ledger, so never a secret */
export type Params = Record<string, string | number | boolean>;

/** bytes of all of a run's, as JSON */
export const mostParamBytes = 2000;

/** `minmagnitude=4.5, catalog=us` */
export function paramsText(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/** names that people give to what must not be kept where everyone reads */
export function isSecretName(name: string): boolean {
  return /secret|passw|token|api_?key|credential/i.test(name);
}

/** `{params.minmagnitude}` */
const placeholder = /\{params\.([^{}]*)\}/g;

/** the params that a source's texts name */
export function paramsNamedIn(source: Source): string[] {
  const texts = source.kind === 'http-json' ? Object.values(source.query) : [source.prefix];
  return texts.flatMap((text) => Array.from(text.matchAll(placeholder), ([, name = '']) => name));
}

/** the source of one run; a query parameter whose param was not given is left out */
export function withParams(source: Source, params: Params): Source {
  const filled = (text: string) => text.replace(placeholder, (_, name: string) => String(params[name] ?? ''));
  if (source.kind === 's3-objects') return { ...source, prefix: filled(source.prefix) };
  const isGiven = (text: string) =>
    Array.from(text.matchAll(placeholder)).every(([, name = '']) => Object.hasOwn(params, name));
  const query = Object.entries(source.query)
    .filter(([, text]) => isGiven(text))
    .map(([name, text]) => [name, filled(text)] as const);
  return { ...source, query: Object.fromEntries(query) };
}

import { TerminalError } from './errors.js';
import { filledAddress } from './filled-address.js';
import type { HttpAuth, HttpBody, HttpSource } from './http-source.js';
import { mapTexts, textsIn } from './map-texts.js';
import type { Params } from './params.js';
import type { S3ObjectsSource, Source } from './source.js';
import type { TaskProgram } from './task.js';

/** `{params.minmagnitude}` */
const placeholder = /\{params\.([^{}]*)\}/g;

const namedIn = (text: string) => Array.from(text.matchAll(placeholder), ([, name = '']) => name);

/** the params that the texts of a source, or of tasks, name */
export function paramsNamedIn(declared: Source | TaskProgram[]): string[] {
  return textsIn(declared).flatMap(namedIn);
}

/** the source of one run; what names a param that was not given is left out: a query parameter, a header, a member of the body */
export function withParams(source: Source, params: Params): Source {
  const filled = (text: string) => text.replace(placeholder, (_, name: string) => String(params[name] ?? ''));
  if (source.kind === 'custom') return source;
  if (source.kind === 'http-requests') {
    const requests = Object.entries(source.requests).map(([name, one]) => [name, withParams(one, params)]);
    return { ...source, requests: Object.fromEntries(requests) as Record<string, HttpSource> };
  }
  if (source.kind === 's3-objects') return objectsWithParams(source, params);
  const isGiven = (text: string) => namedIn(text).every((name) => Object.hasOwn(params, name));
  const given = (text: string) => (isGiven(text) ? filled(text) : undefined);
  if (source.kind === 'task') return programWithParams(source, params);
  // a text that is only a param keeps its type in JSON
  const typed = (text: string) => (/^\{params\.[^{}]*\}$/.test(text) ? params[text.slice(8, -1)] : given(text));
  const url = filledAddress(
    source.url,
    placeholder,
    (name) => {
      if (Object.hasOwn(params, name)) return params[name];
      throw new TerminalError('InvalidParams', `the address ${source.url} needs the param ${name}`);
    },
    (why) => new TerminalError('InvalidParams', why),
  );
  const query = mapTexts(source.query, given) as Record<string, string>;
  if (source.kind === 'http-json') return { ...source, url, query };
  const { body, auth, each } = source;
  return {
    ...source,
    url,
    query: mapTexts(source.query, given) as HttpSource['query'],
    headers: mapTexts(source.headers, given) as HttpSource['headers'],
    ...(body && { body: mapTexts(body, 'json' in body ? typed : given) as HttpBody }),
    ...(auth && { auth: mapTexts(auth, given) as HttpAuth }),
    ...(each && { each: { ...each, from: withParams(each.from, params) as HttpSource } }),
  };
}

/** arguments and variables that name a param which was not given are left out */
export function programWithParams<T extends TaskProgram>(program: T, params: Params): T {
  const given = (text: string) =>
    namedIn(text).every((name) => Object.hasOwn(params, name))
      ? text.replace(placeholder, (_, name: string) => String(params[name]))
      : undefined;
  return {
    ...program,
    command: mapTexts(program.command, given) as string[],
    environment: mapTexts(program.environment, given) as TaskProgram['environment'],
  };
}

/** values are letters of a key, and neither a pattern nor a time */
function objectsWithParams(source: S3ObjectsSource, params: Params): S3ObjectsSource {
  const { prefix, keys, timeFrom } = source;
  const fill = (text: string, where: string, special: RegExp, absent?: string) =>
    text.replace(placeholder, (_, name: string) => {
      const value = params[name] ?? absent;
      if (value === undefined) throw new TerminalError('InvalidParams', `${where} '${text}' needs the param ${name}`);
      const found = special.exec(String(value))?.[0];
      if (found === undefined) return String(value);
      throw new TerminalError(
        'InvalidParams',
        `the param ${name} is '${value}', and '${found}' is not a letter of a key in ${where}: give a value without it`,
      );
    });
  return {
    ...source,
    prefix: fill(prefix, 'prefix', /[{}]/, ''),
    ...(keys !== undefined && { keys: fill(keys, 'keys', /[*?{}%]/) }),
    ...(timeFrom && 'key' in timeFrom && { timeFrom: { key: fill(timeFrom.key, 'timeFrom.key', /[*?{}%]/) } }),
  };
}

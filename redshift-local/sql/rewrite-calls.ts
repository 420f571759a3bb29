import { dateParts } from './functions.js';
import { Refusal } from './refusal.js';
import { currentSetting, setConfig } from './settings.js';
import { exactly, list, plain, type Rewriter } from './rewrite-text.js';
import { closing, isSign, isWord, render, splitCommas, stringValue, type Token } from './tokens.js';

type Rewrite = (args: Token[][], name: string) => string;

const named =
  (name: string): Rewrite =>
  (args) =>
    `${name}(${list(args)})`;

/** PostgreSQL's answers NUMERIC for integers, Redshift's a DOUBLE */
const asDouble: Rewrite = (args, name) => {
  const [value] = exactly(args, 1, name);
  const [, distinct = '', rest] = /^(distinct )?([\s\S]*)$/.exec(value ?? '') ?? [];
  return `${name}(${distinct}cast(${rest} as double precision))`;
};

/** beside SUPER PostgreSQL would not know whether a literal is a number */
const ofNumber: Rewrite = (args, name) => {
  const isText = args[0]?.length === 1 && /^(string|parameter)$/.test(args[0][0]?.kind ?? '');
  return `${name}(${
    isText
      ? `cast(${plain(args[0] ?? [])} as double precision)${args
          .slice(1)
          .map((arg) => `, ${plain(arg)}`)
          .join('')}`
      : list(args)
  })`;
};

const constructor =
  (name: string): Rewrite =>
  (args, written) => {
    if (isWord(args[0]?.[0], 'select')) throw new Refusal('array', 'Redshift has no ARRAY(SELECT ...)');
    if (written === 'object' && args.length % 2 === 1)
      throw new Refusal('function object', 'OBJECT takes pairs of a key and a value');
    if (written === 'object' && args.some((arg, at) => at % 2 === 0 && arg.length === 1 && arg[0]?.kind === 'number'))
      throw new Refusal('function object', 'a key of OBJECT is a VARCHAR');
    const isValue = (at: number) => written === 'array' || at % 2 === 1;
    const items = args.map((arg, at) => (isValue(at) ? `rs_local_super(${plain(arg)})` : plain(arg)));
    return `${name}(${items.join(', ')})`;
  };

/** an element to look for may be of any type, and null */
const search: Rewrite = ([array = [], value = [], ...rest], name) => {
  if (value.length === 0) throw new Refusal(`function ${name}`, `${name.toUpperCase()} takes an array and a value`);
  const item = `rs_local_item(jsonb_build_array(${plain(value)}))`;
  return `${name}(${[plain(array), item, ...rest.map(plain)].join(', ')})`;
};

const jsonPath: Rewrite = (args) => {
  const last = args.at(-1);
  const isFlag = last?.length === 1 && isWord(last[0], 'true', 'false');
  if (!isFlag) return `json_extract_path_text(${list(args)})`;
  const [json = [], ...path] = args.slice(0, -1);
  return `rs_local_json_path(${list([json, last, ...path])})`;
};

const collations: Record<string, string> = {
  case_sensitive: 'rs_local_by_case',
  cs: 'rs_local_by_case',
  case_insensitive: 'rs_local_ignoring_case',
  ci: 'rs_local_ignoring_case',
};

/** Redshift's functions that PostgreSQL spells otherwise, or that take bare words */
export const callRewrites: Record<string, Rewrite> = {
  nvl: coalesce,
  coalesce,
  nvl2: (args, name) => {
    const [test, then, otherwise] = exactly(args, 3, name);
    return `(case when ${test} is not null then ${then} else ${otherwise} end)`;
  },
  decode,
  // asked once a statement, not once a row
  getdate: (args, name) => `(select getdate(${exactly(args, 0, name).join()}))`,
  // a keyword of PostgreSQL's own
  json_serialize: (args, name) => `rs_local_json_serialize(${exactly(args, 1, name).join()})`,
  json_extract_path_text: jsonPath,
  array_contains: search,
  array_position: search,
  array_positions: search,
  array: constructor('jsonb_build_array'),
  object: constructor('jsonb_build_object'),
  concat: (args, name) => {
    const [left, right] = exactly(args, 2, name);
    return `rs_local_concat(${left}, ${right})`;
  },
  charindex: (args, name) => {
    const [part, whole] = exactly(args, 2, name);
    return `strpos(${whole}, ${part})`;
  },
  dateadd: withPart,
  date_add: withPart,
  datediff: withPart,
  date_diff: withPart,
  date_part: datePart,
  pgdate_part: datePart,
  date_trunc: (args, name) => {
    if (args[0]?.[0]?.kind === 'word')
      throw new Refusal('function date_trunc', 'the date part of DATE_TRUNC is a string');
    return withPart(args, name);
  },
  sysdate: () => {
    throw new Refusal('function sysdate', 'SYSDATE takes no parentheses');
  },
  current_setting: currentSetting,
  set_config: setConfig,
  textlen: named('len'),
  collate: (args, name) => {
    const [value] = exactly(args, 2, name);
    const [which] = args[1] ?? [];
    const found = which?.kind === 'string' ? collations[stringValue(which).toLowerCase()] : undefined;
    if (!found)
      throw new Refusal(
        'function collate',
        `COLLATE takes 'case_sensitive' or 'case_insensitive', got ${which?.text ?? 'nothing'}`,
      );
    return `(${value} collate redshift_catalog.${found})`;
  },
  grouping_id: named('grouping'),
  hll_create_sketch: (args, name) => sketch(exactly(args, 1, name)[0]),
  hll: (args, name) => `hll_cardinality(${sketch(exactly(args, 1, name)[0])})`,
  sha: named('sha1'),
  func_sha1: named('sha1'),
  bpcharcmp: named('bttext_pattern_cmp'),
  pow: named('power'),
  dexp: named('exp'),
  dlog1: named('ln'),
  dlog10: named('log'),
  replicate: named('repeat'),
  ...Object.fromEntries(['abs', 'floor', 'ceil', 'ceiling', 'round'].map((name) => [name, ofNumber])),
  ...Object.fromEntries(
    ['stddev', 'stddev_samp', 'stddev_pop', 'variance', 'var_samp', 'var_pop'].map((name) => [name, asDouble]),
  ),
};

const sketch = (value = '') => `rs_local_sketch(rs_local_hashes(distinct rs_local_hash(${value})))`;

/** of a second its fraction, where PostgreSQL counts its whole too */
const fractions: Record<string, number> = { milliseconds: 1000, microseconds: 1_000_000 };

function datePart(args: Token[][], name: string): string {
  const call = withPart(args, name);
  const most = fractions[/^date_part\('(\w+)'/.exec(call)?.[1] ?? ''];
  return most === undefined ? call : `cast(mod(cast(trunc(${call}) as bigint), ${most}) as double precision)`;
}

export function withPart(args: Token[][], name: string): string {
  const [first, ...rest] = args;
  const token = first?.length === 1 ? first[0] : undefined;
  const written =
    token?.kind === 'word' ? token.text : token?.kind === 'string' ? stringValue(token).toLowerCase() : '';
  const part = dateParts.get(written);
  if (!part)
    throw new Refusal(
      `function ${name}`,
      `${name.toUpperCase()}: ${first ? render(first) : 'nothing'} is no date part`,
    );
  if (/^date_?(add|diff)$/.test(name) && /^(epoch|dow|doy|timezone.*)$/.test(part))
    throw new Refusal(`function ${name}`, `${name.toUpperCase()} takes no ${written}: it is no length of time`);
  if (name === 'date_trunc' && /^(epoch|dow|doy|timezone.*)$/.test(part))
    throw new Refusal(`function ${name}`, `DATE_TRUNC takes no ${written}: nothing is cut off at it`);
  const target = { date_add: 'dateadd', date_diff: 'datediff', pgdate_part: 'date_part' }[name] ?? name;
  const call = `${target}('${part}', ${list(rest)})`;
  // the first decade begins with the year 1, PostgreSQL's with the year 0
  return part === 'decade' && target === 'date_part' ? `(${call} + 1)` : call;
}

/** beside a path into SUPER a text is SUPER too: PostgreSQL would read it as JSON */
function coalesce(args: Token[][]): string {
  // a path that is cast is a value of its type
  const isSuper = args.some((arg) => isWord(arg[0], 'rs_local_step') && closing(arg, 1) === arg.length - 1);
  const values = args.map((arg) =>
    isSuper && arg.length === 1 && (arg[0]?.kind === 'string' || arg[0]?.kind === 'number')
      ? `rs_local_super(${plain(arg)})`
      : plain(arg),
  );
  return `coalesce(${values.join(', ')})`;
}

/** DECODE(value, search, result, ... [, default]); two nulls are equal here */
function decode(args: Token[][], name: string): string {
  const [value, ...rest] = args.map(plain);
  if (rest.length < 2) throw new Refusal(`function ${name}`, 'DECODE takes at least 3 arguments');
  const cases: string[] = [];
  for (let at = 0; at + 1 < rest.length; at += 2) {
    const search = rest[at] ?? 'null';
    const test = search === 'null' ? `${value} is null` : `${value} = ${search}`;
    cases.push(`when ${test} then ${rest[at + 1]}`);
  }
  return `(case ${cases.join(' ')}${rest.length % 2 === 1 ? ` else ${rest.at(-1)}` : ''} end)`;
}

/** what stands in the parentheses after the word at `at`, and where they end */
function group(tokens: Token[], at: number, rewrite: Rewriter): { inside: Token[]; end: number } {
  const end = closing(tokens, at + 1);
  return { inside: rewrite(tokens.slice(at + 2, end)), end };
}

/** a name that is neither a function's nor a type's, nor a value's */
const isColumn = (token: Token, before: Token | undefined, after: Token | undefined) =>
  token.kind === 'quoted' ||
  (token.kind === 'word' &&
    !isSign(after, '(') &&
    !isSign(before, '::') &&
    !isWord(before, 'as', 'character') &&
    !isWord(token, 'as', 'null'));

/** as a window PostgreSQL takes the order from the window only */
export function listagg(tokens: Token[], at: number, rewrite: Rewriter): { text: string; end: number } {
  const { inside, end: afterArguments } = group(tokens, at, rewrite);
  let end = afterArguments;
  const [value = [], delimiter] = splitCommas(inside);
  if (inside.some((token, place) => isWord(token, 'order') && isWord(inside[place + 1], 'by')))
    throw new Refusal('aggregate order by', 'the order of LISTAGG stands in WITHIN GROUP (ORDER BY ...)');
  if (delimiter?.some((token, place) => isColumn(token, delimiter[place - 1], delimiter[place + 1])))
    throw new Refusal('listagg delimiter', `the delimiter of LISTAGG is a constant, got ${plain(delimiter)}`);
  const isDistinct = isWord(value[0], 'distinct');
  const item = (value: Token[]) => `rs_local_filled(cast(${plain(value)} as varchar))`;
  const own = isDistinct ? value.slice(1) : value;
  const text = `${item(own)}, ${delimiter ? plain(delimiter) : "''"}`;
  let order = '';
  const hasOrder = isWord(tokens[end + 1], 'within');
  const isWindow = isWord(tokens[(hasOrder ? closing(tokens, end + 3) : end) + 1], 'over');
  if (hasOrder) {
    const ordered = group(tokens, end + 2, rewrite);
    order = ` ${plain(ordered.inside)}`;
    const by = order.replace(/^ order by /, '').replace(/( (asc|desc|nulls first|nulls last))+$/, '');
    if (isDistinct && !isWindow && by !== plain(own))
      throw new Refusal('listagg distinct', 'LISTAGG(DISTINCT ...) sorts by its argument only');
    end = ordered.end;
  }
  if (!isWindow && isDistinct)
    return {
      text: `listagg(rs_local_join_distinct(rs_local_collect(${item(own)}${order}), ${delimiter ? plain(delimiter) : "''"}))`,
      end,
    };
  if (!isWindow) return { text: `listagg(string_agg(${text}${order}))`, end };
  const window = group(tokens, end + 1, rewrite);
  if (window.inside.some((token) => isWord(token, 'order', 'rows')))
    throw new Refusal(
      'listagg over',
      'the window of LISTAGG takes PARTITION BY only: the order stands in WITHIN GROUP',
    );
  const frame = order && `${order} rows between unbounded preceding and unbounded following`;
  if (isDistinct) {
    const all = `rs_local_collect(${item(own)}) over (${plain(window.inside)}${frame})`;
    return { text: `listagg(rs_local_join_distinct(${all}, ${delimiter ? plain(delimiter) : "''"}))`, end: window.end };
  }
  return { text: `listagg(string_agg(${text}) over (${plain(window.inside)}${frame}))`, end: window.end };
}

export function ratioToReport(tokens: Token[], at: number, rewrite: Rewriter): { text: string; end: number } {
  const { inside, end } = group(tokens, at, rewrite);
  if (!isWord(tokens[end + 1], 'over') || !isSign(tokens[end + 2], '('))
    throw new Refusal('function ratio_to_report', 'RATIO_TO_REPORT needs OVER (...)');
  const window = group(tokens, end + 1, rewrite);
  if (window.inside.some((token) => isWord(token, 'order', 'rows')))
    throw new Refusal('function ratio_to_report', 'the window of RATIO_TO_REPORT takes PARTITION BY only');
  const value = `cast(${plain(inside)} as double precision)`;
  return { text: `(${value} / nullif(sum(${value}) over (${plain(window.inside)}), 0))`, end: window.end };
}

import type { Plan, Statement } from './plan.js';
import { Refusal } from './refusal.js';
import { isSign, isWord, render, splitCommas, stringValue, type Token } from './tokens.js';

/** settings that mean the same in PostgreSQL */
const shared = [
  'search_path',
  'statement_timeout',
  'timezone',
  'datestyle',
  'extra_float_digits',
  'client_encoding',
  'standard_conforming_strings',
  'seed',
];
/** Redshift's own, with its defaults: kept for the session and shown, without effect */
const own: Record<string, string> = {
  analyze_threshold_percent: '10',
  application_name: '',
  auto_analyze: 'on',
  cast_super_null_on_error: 'on',
  datashare_break_glass_session_var: '',
  default_geometry_encoding: '1',
  default_array_search_null_handling: 'true',
  describe_field_name_in_uppercase: 'off',
  downcase_delimited_identifier: 'on',
  enable_case_sensitive_identifier: 'false',
  enable_case_sensitive_super_attribute: 'false',
  enable_numeric_rounding: 'on',
  enable_result_cache_for_session: 'on',
  enable_vacuum_boost: 'false',
  error_on_nondeterministic_update: 'false',
  interval_forbid_composite_literals: 'false',
  json_parse_dedup_attributes: 'off',
  json_serialization_enable: 'false',
  json_serialization_parse_nested_strings: 'false',
  max_concurrency_scaling_clusters: '1',
  max_cursor_result_set_size: '0',
  mv_enable_aqmv_for_session: 'on',
  navigate_super_null_on_error: 'on',
  parse_super_null_on_error: 'off',
  pg_federation_repeatable_read: 'true',
  query_group: 'unset',
  spectrum_enable_pseudo_columns: 'true',
  spectrum_query_maxerror: '-1',
  stored_proc_log_min_messages: 'LOG',
  use_fips_ssl: 'false',
  wlm_query_slot_count: '1',
};
/** numbers that AWS gives the ends of */
const ranges: Record<string, [number, number]> = {
  default_geometry_encoding: [1, 4],
  wlm_query_slot_count: [1, 50],
  analyze_threshold_percent: [0, 100],
};
/** what would change the meaning of statements here */
const fixed: Record<string, RegExp> = {
  downcase_delimited_identifier: /^(true|on|1)$/,
  client_encoding: /^'?(utf-?8|unicode|default)'?$/i,
  standard_conforming_strings: /^(true|on|1)$/,
  timezone: /^(utc|default|[a-z_]+(\/[a-z_+-]+)*)$/i,
};
/** Redshift's functions stay in reach behind the user's schemas */
const tail = ', redshift_catalog, pg_catalog';

/** a session context variable, `app_context.user_id`: two names, of which the first is nobody's */
function contextVariable(tokens: Token[], at: number): string | undefined {
  const [first, dot, second] = tokens.slice(at, at + 3);
  if (!isSign(dot, '.') || first?.kind !== 'word' || second?.kind !== 'word') return undefined;
  if (first.text === 'redshift')
    throw new Refusal('set', `"redshift.${second.text}" is not a session context variable`);
  return `${first.text}.${second.text}`;
}

/** its value as PostgreSQL text */
function valueOf(name: string): string {
  return Object.hasOwn(own, name)
    ? `coalesce(nullif(current_setting('redshift.${name}', true), ''), '${own[name] ?? ''}')`
    : name === 'search_path'
      ? `rs_local_named(regexp_replace(current_setting('search_path'), ',? ?redshift_catalog, ?pg_catalog$', ''))`
      : `current_setting('${name}')`;
}

/** those that are shown, and set by other statements */
const readOnly = ['transaction_isolation'];

/** CURRENT_SETTING(name [, error_if_undefined]) */
export function currentSetting([name, flag]: Token[][]): string {
  const written = name?.length === 1 && name[0]?.kind === 'string' ? stringValue(name[0]).toLowerCase() : '';
  if (/^[a-z_]\w*\.[a-z_]\w*$/.test(written) && !written.startsWith('redshift.'))
    return `current_setting('${written}', ${String(isWord(flag?.[0], 'false'))})::varchar`;
  if (readOnly.includes(written)) return `current_setting('${written}')::varchar`;
  return `${valueOf(known({ kind: 'word', text: written, space: false }))}::varchar`;
}

/** SET_CONFIG(name, value, is_local) of what SET takes too, but for what says where names are found and how they are read */
export function setConfig([name, value, isLocal]: Token[][]): string {
  const written = name?.length === 1 && name[0]?.kind === 'string' ? stringValue(name[0]).toLowerCase() : '';
  const isVariable = /^[a-z_]\w*\.[a-z_]\w*$/.test(written) && !written.startsWith('redshift.');
  if (!isVariable && !Object.hasOwn(own, written))
    throw new Refusal('set', `SET_CONFIG of "${written}" is not honoured here: use SET`);
  return `set_config('${isVariable ? written : `redshift.${written}`}', ${render(value ?? [])}, ${render(isLocal ?? [])})`;
}

function known(token: Token | undefined): string {
  const name = token?.kind === 'word' || token?.kind === 'quoted' ? token.text.replaceAll('"', '') : '';
  if (shared.includes(name) || Object.hasOwn(own, name)) return name;
  throw new Refusal(
    'set',
    `setting "${name}" is not honoured here: known are ${[...shared, ...Object.keys(own)].join(', ')}`,
  );
}

export function setSetting({ tokens }: Pick<Statement, 'tokens'>): Plan {
  const scope = isWord(tokens[1], 'session', 'local') ? 1 : 0;
  const isLocal = isWord(tokens[1], 'local');
  const variable = contextVariable(tokens, 1 + scope);
  if (variable !== undefined && (isWord(tokens[4 + scope], 'to') || isSign(tokens[4 + scope], '='))) {
    const to = tokens.slice(5 + scope);
    if (to.length !== 1) throw new Refusal('set', `syntax error: SET ${variable} TO one value is expected`);
    const sql = `set ${isLocal ? 'local' : 'session'} ${variable} to ${isWord(to[0], 'default') ? 'default' : render(to)}`;
    return { sql, values: [], kind: 'setting' };
  }
  const isTimeZone = isWord(tokens[1 + scope], 'time') && isWord(tokens[2 + scope], 'zone');
  const name = isTimeZone ? 'timezone' : known(tokens[1 + scope]);
  if (!isTimeZone && !isWord(tokens[2 + scope], 'to') && !isSign(tokens[2 + scope], '='))
    throw new Refusal('set', `syntax error: SET ${name} TO value is expected`);
  const value = tokens.slice(3 + scope);
  if (value.length === 0) throw new Refusal('set', `syntax error: SET ${name} has no value`);
  const text = render(value);
  if (fixed[name] && !fixed[name].test(text.replace(/^'(.*)'$/, '$1')))
    throw new Refusal('set', `${name} cannot be changed here: got ${text}`);
  const [least, most] = ranges[name] ?? [];
  if (least !== undefined && most !== undefined && !isWord(value[0], 'default')) {
    const number = Number(text.replace(/^'(.*)'$/, '$1'));
    if (!(number >= least && number <= most))
      throw new Refusal('set', `${text} is outside the valid range for parameter "${name}" (${least} .. ${most})`);
  }
  const assign = (target: string, to: string): Plan => ({
    sql: `set ${isLocal ? 'local' : 'session'} ${target} to ${to}`,
    values: [],
    kind: 'setting',
  });
  if (isWord(value[0], 'default')) return assign(Object.hasOwn(own, name) ? `redshift.${name}` : name, 'default');
  if (name === 'search_path') return assign(name, `${schemas(value).join(', ')}${tail}`);
  const literal = value.length === 1 && value[0]?.kind === 'string' ? stringValue(value[0]) : text;
  return assign(Object.hasOwn(own, name) ? `redshift.${name}` : name, `'${literal.replaceAll("'", "''")}'`);
}

const schemas = (value: Token[]): string[] =>
  splitCommas(value).map((group) => {
    const [only] = group;
    if (group.length !== 1 || !only || !['word', 'quoted', 'string'].includes(only.kind))
      throw new Refusal('set', `syntax error at or near "${render(group)}": a schema name is expected`);
    const name = only.kind === 'string' ? stringValue(only) : only.text.replace(/^"(.*)"$/, '$1');
    return name === '$user' ? '"$user"' : `"${name.toLowerCase().replaceAll('"', '""')}"`;
  });

export function resetSetting({ tokens }: Statement): Plan {
  if (isWord(tokens[1], 'all')) return { sql: 'reset all', values: [], kind: 'setting' };
  const variable = contextVariable(tokens, 1);
  if (variable !== undefined) return { sql: `reset ${variable}`, values: [], kind: 'setting' };
  const name = known(tokens[1]);
  return { sql: `reset ${Object.hasOwn(own, name) ? `redshift.${name}` : name}`, values: [], kind: 'setting' };
}

export function showSetting({ tokens }: Statement): Plan {
  const variable = contextVariable(tokens, 1);
  const query = (sql: string): Plan => ({ sql, values: [], kind: 'query' });
  if (variable !== undefined) return query(`select current_setting('${variable}')::varchar as "${variable}"`);
  // every level that BEGIN names is this one
  if (tokens.length > 2) return query(`select 'Serializable'::varchar as transaction_isolation`);
  if (isWord(tokens[1], 'all')) {
    const all = [...shared, ...Object.keys(own)].filter((name) => name !== 'seed').sort();
    const rows = all.map((name) => `select '${name}'::varchar as name, ${valueOf(name)}::varchar as setting`);
    return query(rows.join(' union all '));
  }
  const name = known(tokens[1]);
  return query(`select ${valueOf(name)}::varchar as ${name}`);
}

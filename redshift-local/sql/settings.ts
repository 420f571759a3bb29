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
];
/** Redshift's own, with its defaults: kept for the session and shown, without effect */
const own: Record<string, string> = {
  analyze_threshold_percent: '10',
  application_name: '',
  auto_analyze: 'on',
  cast_super_null_on_error: 'on',
  datashare_break_glass_session_var: '',
  describe_field_name_in_uppercase: 'off',
  downcase_delimited_identifier: 'on',
  enable_case_sensitive_identifier: 'false',
  enable_case_sensitive_super_attribute: 'false',
  enable_numeric_rounding: 'on',
  enable_result_cache_for_session: 'on',
  enable_vacuum_boost: 'false',
  error_on_nondeterministic_update: 'false',
  json_serialization_enable: 'false',
  json_serialization_parse_nested_strings: 'false',
  max_concurrency_scaling_clusters: '1',
  max_cursor_result_set_size: '0',
  mv_enable_aqmv_for_session: 'on',
  navigate_super_null_on_error: 'on',
  parse_super_null_on_error: 'off',
  query_group: 'unset',
  spectrum_enable_pseudo_columns: 'true',
  spectrum_query_maxerror: '-1',
  stored_proc_log_min_messages: 'LOG',
  use_fips_ssl: 'false',
  wlm_query_slot_count: '1',
};
/** what would change the meaning of statements here */
const fixed: Record<string, RegExp> = {
  downcase_delimited_identifier: /^(true|on|1)$/,
  client_encoding: /^'?(utf-?8|unicode|default)'?$/i,
  standard_conforming_strings: /^(true|on|1)$/,
  timezone: /^('?utc'?|default)$/i,
};
/** Redshift's functions stay in reach behind the user's schemas */
const tail = ', redshift_catalog, pg_catalog';

function known(token: Token | undefined): string {
  const name = token?.kind === 'word' || token?.kind === 'quoted' ? token.text.replaceAll('"', '') : '';
  if (shared.includes(name) || Object.hasOwn(own, name)) return name;
  throw new Refusal(
    'set',
    `setting "${name}" is not honoured here: known are ${[...shared, ...Object.keys(own)].join(', ')}`,
  );
}

export function setSetting({ tokens }: Statement): Plan {
  const scope = isWord(tokens[1], 'session', 'local') ? 1 : 0;
  const isLocal = isWord(tokens[1], 'local');
  if (isWord(tokens[1 + scope], 'authorization', 'role'))
    throw new Refusal('set', 'SET SESSION AUTHORIZATION is not honoured here: connect as that user');
  const isTimeZone = isWord(tokens[1 + scope], 'time') && isWord(tokens[2 + scope], 'zone');
  const name = isTimeZone ? 'timezone' : known(tokens[1 + scope]);
  if (!isTimeZone && !isWord(tokens[2 + scope], 'to') && !isSign(tokens[2 + scope], '='))
    throw new Refusal('set', `syntax error: SET ${name} TO value is expected`);
  const value = tokens.slice(3 + scope);
  if (value.length === 0) throw new Refusal('set', `syntax error: SET ${name} has no value`);
  const text = render(value);
  if (fixed[name] && !fixed[name].test(text.replace(/^'(.*)'$/, '$1')))
    throw new Refusal('set', `${name} cannot be changed here: got ${text}`);
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
  const name = known(tokens[1]);
  return { sql: `reset ${Object.hasOwn(own, name) ? `redshift.${name}` : name}`, values: [], kind: 'setting' };
}

export function showSetting({ tokens }: Statement): Plan {
  // every level that BEGIN names is this one
  if (tokens.length > 2)
    return { sql: `select 'Serializable'::varchar as transaction_isolation`, values: [], kind: 'query' };
  const name = known(tokens[1]);
  const shown = Object.hasOwn(own, name)
    ? `coalesce(nullif(current_setting('redshift.${name}', true), ''), '${own[name] ?? ''}')`
    : name === 'search_path'
      ? `regexp_replace(current_setting('search_path'), ',? ?redshift_catalog, ?pg_catalog$', '')`
      : `current_setting('${name}')`;
  return { sql: `select ${shown}::varchar as ${name}`, values: [], kind: 'query' };
}

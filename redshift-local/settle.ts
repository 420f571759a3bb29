import { catalogOf, type CaseSetting, type Known } from './sql/query/scope.js';
import type { Planned } from './sql/plan-statement.js';
import type { Said } from './sql/tokens.js';

/** the first value that a query answers */
export type AskOne = (sql: string, values: string[]) => Promise<string | null | undefined>;

/** columns of what to_regclass finds with their types, and how the session reads names */
const asking = `select json_build_object(
  'columns', (select json_agg(coalesce((select json_build_array(json_agg(a.attname order by a.attnum), json_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) order by a.attnum)) from pg_catalog.pg_attribute a
    where a.attrelid = to_regclass(said.name) and a.attnum > 0 and not a.attisdropped), 'null') order by said.at)
    from json_array_elements_text($1::json) with ordinality as said (name, at)),
  'enable_case_sensitive_identifier', coalesce(current_setting('redshift.enable_case_sensitive_identifier', true), '') in ('true', 'on', '1'),
  'enable_case_sensitive_super_attribute', coalesce(current_setting('redshift.enable_case_sensitive_super_attribute', true), '') in ('true', 'on', '1'))::text`;

type Answer = { columns: ([names: string[] | null, types: string[] | null] | null)[] | null } & Record<
  CaseSetting,
  boolean
>;

/** columns of the system's tables and views, which are the same in every database */
const system = new Map<string, Known>();
const isOfSystem = ({ schema, name }: Said) =>
  schema === 'pg_catalog' || (schema === undefined && /^(pg|svv|svl|stl|stv|sys)_/.test(name));

/** what a plan may ask of the database in turn: the columns of a view may lead to no other table */
const rounds = 4;

/** the plan that runs: made again where it depends on columns or settings, when those are known */
export async function settled(planned: Planned, ask: AskOne): Promise<Planned> {
  const known = new Map<string, Said>();
  let plan = planned;
  for (let round = 0; round < rounds; round++) {
    const { asked } = plan;
    if (!asked) return plan;
    const before = known.size;
    for (const table of asked.tables) known.set(JSON.stringify(table), table);
    if (round > 0 && known.size === before && !asked.hasSetting) return plan;
    const kept = [...known.keys()].flatMap((key): Known[] => {
      const one = system.get(key);
      return one ? [one] : [];
    });
    if (!asked.hasSetting && kept.length === known.size) {
      plan = asked.again(catalogOf(kept));
      continue;
    }
    const tables = [...known.values()];
    const names = tables.map(({ schema, name }) =>
      [...(schema === undefined ? [] : [schema]), name].map(quoted).join('.'),
    );
    const answer = JSON.parse((await ask(asking, [JSON.stringify(names)])) ?? '{}') as Answer;
    const found = tables.flatMap((table, at): Known[] => {
      const [columns, types] = answer.columns?.[at] ?? [];
      return columns ? [[table, columns, types ?? []]] : [];
    });
    for (const one of found) if (isOfSystem(one[0])) system.set(JSON.stringify(one[0]), one);
    plan = asked.again(catalogOf(found, answer));
  }
  return plan;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

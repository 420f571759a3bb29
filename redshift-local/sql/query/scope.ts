import { isSign, nameOf, splitCommas, type Said, type Token } from '../tokens.js';

/** what a query may ask of the database: the columns of its tables */
export interface Catalog {
  /** undefined where they are not known */
  columns(table: Said): string[] | undefined;
  /** the same with the type of each, as PostgreSQL writes it */
  types(table: Said): [name: string, type: string][] | undefined;
  /** a session's setting that says how names are read; false where it is not known */
  setting(name: CaseSetting): boolean;
}

export type CaseSetting = 'enable_case_sensitive_identifier' | 'enable_case_sensitive_super_attribute';

/** tables that were asked for and not known */
export interface AskedCatalog extends Catalog {
  asked: Map<string, Said>;
  isSettingAsked: () => boolean;
}

const keyOf = ({ schema, name }: Said) => JSON.stringify([schema ?? null, name]);

export type Known = [table: Said, columns: string[], types?: string[]];

export function catalogOf(known: Known[] = [], settings?: Record<CaseSetting, boolean>): AskedCatalog {
  const all = new Map(known.map(([table, columns, types]) => [keyOf(table), { columns, types }]));
  const asked = new Map<string, Said>();
  let isSettingAsked = false;
  const find = (table: Said) => {
    const found = all.get(keyOf(table));
    if (!found) asked.set(keyOf(table), table);
    return found;
  };
  return {
    asked,
    isSettingAsked: () => isSettingAsked,
    setting(name) {
      isSettingAsked ||= settings === undefined;
      return settings?.[name] ?? false;
    },
    columns: (table) => find(table)?.columns,
    types(table) {
      const found = find(table);
      return found?.columns.map((name, at) => [name, found.types?.[at] ?? '']);
    },
  };
}

/** a table reference, by the names that its columns go by */
export interface Relation {
  /** its alias, or the table's own name */
  name: string | undefined;
  schema?: string | undefined;
  /** an element of an array, known by its alias alone */
  isElement?: boolean;
  columns: () => string[] | undefined;
}

export interface Scope {
  catalog: Catalog;
  relations: Relation[];
  /** of WITH */
  common: Map<string, () => string[] | undefined>;
  /** those of WITH RECURSIVE that name themselves */
  recursive?: Set<string>;
  /** the query around a subquery */
  outer?: Scope;
}

export const inner = (scope: Scope): Scope => ({
  ...scope,
  relations: [],
  common: new Map(scope.common),
  outer: scope,
});

export const quoted = (name: string): Token => ({
  kind: 'quoted',
  text: `"${name.replaceAll('"', '""')}"`,
  space: true,
});

/** names between parentheses */
export const namesOf = (list: Token[]): string[] =>
  splitCommas(isSign(list[0], '(') ? list.slice(1, -1) : list).map(([token]) => nameOf(token) ?? '');

/** columns of all relations of one query; undefined where one of them is not known */
export function columnsOf(relations: Relation[]): string[] | undefined {
  const all = relations.map(({ columns }) => columns());
  return all.includes(undefined) ? undefined : all.flatMap((columns) => columns ?? []);
}

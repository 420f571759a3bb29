import { literal } from './literal.js';
import { unquoted } from './tokens.js';

/** what Redshift knows of a table and PostgreSQL has no place for; names of columns are quoted */
export interface Traits {
  distKey?: string;
  distStyle?: string;
  /** of a materialized view: yes or no */
  autoRefresh?: string;
  sortKey?: string[];
  isInterleaved?: boolean;
  /** of UNIQUE, PRIMARY KEY and FOREIGN KEY */
  keys?: string[];
  constraints?: KeyConstraint[];
  encodings?: Record<string, string>;
  /** the table that it was made like: its distribution and sort key */
  like?: string;
}

/** informational, as in Redshift: the catalog shows it, nothing enforces it */
export interface KeyConstraint {
  type: 'primary key' | 'unique' | 'foreign key';
  name?: string | undefined;
  columns: string[];
  /** of a foreign key: the table, and its columns unless they are those of its primary key */
  other?: string;
  others?: string[];
}

/** run after a table was made or altered: only what is given changes */
export function noteTraits(table: string, { encodings = {}, ...traits }: Traits, isNew: boolean): string {
  const said = {
    ...(traits.distKey !== undefined && { distKey: traits.distKey && unquoted(traits.distKey) }),
    ...(traits.sortKey && { sortKey: traits.sortKey.map(unquoted), isInterleaved: traits.isInterleaved ?? false }),
    ...(traits.keys && { keys: traits.keys.map(unquoted) }),
    ...(traits.like && { like: traits.like }),
    ...(traits.distStyle && { distStyle: traits.distStyle }),
    ...(traits.autoRefresh && { autoRefresh: traits.autoRefresh }),
    ...(traits.constraints && {
      constraints: traits.constraints.map(({ name, columns, others, ...key }) => ({
        ...key,
        ...(name && { name: unquoted(name) }),
        columns: columns.map(unquoted),
        ...(others && { others: others.map(unquoted) }),
      })),
    }),
    encodings: Object.fromEntries(Object.entries(encodings).map(([name, encoding]) => [unquoted(name), encoding])),
  };
  const call = isNew ? 'rs_local_note_new_table' : 'rs_local_note_table';
  return `select redshift_catalog.${call}(${literal(table)}, ${literal(JSON.stringify(said))}::jsonb)`;
}

/** run before an ALTER TABLE that Redshift takes of some columns or tables only */
export const requireAlterable = (table: string, change: string, column = '""') =>
  `select redshift_catalog.rs_local_require_alterable(${literal(table)}, ${literal(change)}, ${literal(unquoted(column))})`;

/** run before what leaves materialized views without REFRESH, as `state` of stv_mv_info has it. AWS: r_STV_MV_INFO */
export const viewStates = { dropColumn: 101, type: 102, rename: 103, renameColumn: 104, renameSchema: 105 };
export const noteAltered = (table: string, change: keyof typeof viewStates) =>
  `select redshift_catalog.rs_local_note_altered(array[to_regclass(${literal(table)})::oid], ${viewStates[change]})`;

/** ALTER TABLE DROP CONSTRAINT */
export const dropKey = (table: string, name: string, isCascading: boolean) =>
  `select redshift_catalog.rs_local_drop_key(${literal(table)}, ${literal(unquoted(name))}, ${isCascading})`;

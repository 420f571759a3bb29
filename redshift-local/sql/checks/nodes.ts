import { offered } from '../catalog-names.js';
import { nameOf, text, tree, type Tree } from '../check-tree.js';
import { leaderFunctions } from '../functions.js';
import { Refusal } from '../refusal.js';
import { relationName } from './blocks.js';
import { fieldsOf, nodesOf } from './walk.js';

/** they know what runs on the leader node, which a statement that works on the compute nodes cannot reach */
const leaderOnly = new Set('pg_table_def pg_settings svv_columns svv_tables svv_all_columns svv_all_tables'.split(' '));
/** arrays, vectors and lists of rights: types that the compute nodes have not */
const leaderColumns = new Set(
  `relacl nspacl datacl proacl attacl conkey confkey conpfeqop proargtypes proallargtypes proargnames proargmodes indkey indclass
   grolist stavalues1 datconfig reloptions`.split(/\s+/),
);
/** PostgreSQL's own columns of every table, which Redshift's have not */
const rowColumns = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);
const computeFunctions = new Map([
  ['string_agg', 'LISTAGG'],
  ['rs_local_collect', 'LISTAGG'],
  ['median', 'MEDIAN'],
  ['percentile_cont', 'PERCENTILE_CONT'],
  ['percentile_disc', 'PERCENTILE_DISC'],
]);

/** what "$path" and "$size" are asked with here */
const ofFiles = (node: Tree) =>
  nodesOf(node, 'FuncCall')
    .filter((call) => /^\$(path|size)$/.test(nameOf(call['funcname']).last))
    .flatMap((call) => nodesOf(call, 'ColumnRef'));

interface Range {
  schema: string;
  name: string;
}

/** tables that a query names, its WITH queries left out */
function rangesOf(node: unknown): Range[] {
  const common = new Set(nodesOf(node, 'CommonTableExpr').map((one) => one['ctename']));
  return nodesOf(node, 'RangeVar').flatMap((range) =>
    range['schemaname'] === undefined && common.has(range['relname'])
      ? []
      : [{ schema: text(range['schemaname']), name: text(range['relname']) }],
  );
}

/** tables of users and of the system, as to_regclass takes them */
export const relationNames = (node: Tree): string[] =>
  rangesOf(node).map(({ schema, name }) =>
    relationName({ ...(schema !== '' && { schemaname: schema }), relname: name }),
  );

const isOffered = ({ schema, name }: Range) => offered(schema, name);
const isLeaders = ({ schema, name }: Range) =>
  schema === 'information_schema' || leaderOnly.has(name) || name === 'rs_local_information_views';
/** PG_ tables lie on the leader node alone, STL and SVL ones do not */
const isCatalog = ({ schema, name }: Range) =>
  offered(schema, name) && (isLeaders({ schema, name }) || /^(pg_|rs_local_)/.test(name));

/** what runs on the leader node and what on the compute nodes does not meet in one statement; a stored result is on the latter */
export function checkNodes(node: Tree, isStored: boolean): void {
  const ranges = rangesOf(node);
  const calls = nodesOf(node, 'FuncCall').map((call) => nameOf(call['funcname']).last);
  if (!isStored && ranges.every(isCatalog)) {
    const found = calls.map((name) => computeFunctions.get(name)).find(Boolean);
    if (found)
      throw new Refusal(
        'compute-node function',
        `One or more of the used functions must be applied on at least one user created table: ${found}`,
      );
    return;
  }
  // clients join the views of the system with one another
  if (!isStored && ranges.every(isOffered)) return;
  const own = nodesOf(node, 'ColumnRef')
    .filter((one) => rowColumns.has(fieldsOf(one).at(-1) ?? ''))
    .find((one) => !ofFiles(node).includes(one));
  if (own && !ranges.some(isCatalog))
    throw new Refusal(
      'system column',
      `column "${fieldsOf(own).at(-1)}" does not exist: it is of PostgreSQL's own rows`,
    );
  const leaders = ranges.find(isLeaders);
  if (leaders)
    throw new Refusal(
      'catalog in a user query',
      `Specified types or functions (one per INFO message) not supported on Amazon Redshift tables: ${leaders.name} is of the leader node; read it in a statement of its own`,
    );
  const column = nodesOf(node, 'ColumnRef')
    .map((one) => fieldsOf(one).at(-1) ?? '')
    .find((name) => leaderColumns.has(name));
  if (column && ranges.some(isCatalog))
    throw new Refusal(
      'catalog in a user query',
      `Specified types or functions (one per INFO message) not supported on Amazon Redshift tables: the type of the catalog's column ${column}`,
    );
  const call = calls.find((name) => leaderFunctions.has(name));
  if (call && ranges.length > 0)
    throw new Refusal(
      'leader-node function',
      `Specified types or functions (one per INFO message) not supported on Amazon Redshift tables: ${call.replace('rs_local_', '').toUpperCase()}() runs on the leader node only`,
    );
}

/** everything that a statement reads is of the system */
export function isCatalogOnly(node: Tree): boolean {
  const ranges = rangesOf(node);
  return ranges.length > 0 && ranges.every(isOffered);
}

/** SELECT ... INTO makes a table too */
export const isWriting = (kind: string, node: Tree) =>
  kind !== 'SelectStmt' || tree(tree(node['intoClause'])['rel'])['relname'] !== undefined;

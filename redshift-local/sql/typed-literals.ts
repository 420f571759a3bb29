import { text, tree, trees, type Tree } from './check-tree.js';

/** the type that a literal alone gives its column: text of its length in bytes, a decimal of its digits */
function typeOf(constant: Tree): { type: string; written?: string } | undefined {
  if (constant['sval'] !== undefined) {
    const size = Buffer.byteLength(text(tree(constant['sval'])['sval']));
    return { type: `varchar(${Math.max(size, 1)})` };
  }
  const written = text(tree(constant['fval'])['fval']);
  const [, whole, rest = ''] = /^(\d*)\.(\d*)$/.exec(written) ?? [];
  if (whole === undefined) return undefined;
  const precision = whole.length + rest.length;
  return precision > 38 ? undefined : { type: `numeric(${precision}, ${rest.length})`, written };
}

/** a stored column that is a literal has a length or a scale, where PostgreSQL gives it none */
export function typedLiterals(sql: string, select: Tree): string {
  if (select['op'] !== 'SETOP_NONE') return sql;
  let bytes = Buffer.from(sql);
  for (const item of trees(select['targetList']).reverse()) {
    const constant = tree(tree(tree(item['ResTarget'])['val'])['A_Const']);
    const at = constant['location'];
    const found = typeOf(constant);
    if (typeof at !== 'number' || !found) continue;
    const { type, written } = found;
    const replaced = written === undefined ? `${type} ` : `${type} '${written}'`;
    bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(replaced), bytes.subarray(at + (written?.length ?? 0))]);
  }
  return bytes.toString();
}

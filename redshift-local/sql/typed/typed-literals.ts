import { nameOf, text, tree, trees, type Tree } from '../check-tree.js';
import { render, type Token } from '../tokens.js';

/** the type that a literal alone gives its column: text of its length in bytes, a decimal of its digits */
function typeOf(constant: Tree): string | undefined {
  if (constant['sval'] !== undefined) {
    const size = Buffer.byteLength(text(tree(constant['sval'])['sval']));
    return `varchar(${Math.max(size, 1)})`;
  }
  const [, whole, rest = ''] = /^(\d*)\.(\d*)$/.exec(text(tree(constant['fval'])['fval'])) ?? [];
  if (whole === undefined) return undefined;
  const precision = whole.length + rest.length;
  return precision > 38 ? undefined : `numeric(${precision}, ${rest.length})`;
}

/** of a text that is cast to VARCHAR without a length: where the type is written, and with which size, that of the literal */
function castOf(value: Tree): { at: unknown; type: string } | undefined {
  const cast = tree(value['TypeCast']);
  const name = tree(cast['typeName']);
  const constant = tree(tree(cast['arg'])['A_Const']);
  if (nameOf(name['names']).last !== 'varchar' || name['typmods'] !== undefined || constant['sval'] === undefined)
    return undefined;
  return { at: name['location'], type: typeOf(constant) ?? 'varchar' };
}

/** a stored column that is a literal has a length or a scale, where PostgreSQL gives it none */
export function typedLiterals(tokens: Token[], places: number[], select: Tree): Token[] {
  if (select['op'] !== 'SETOP_NONE') return tokens;
  const types = new Map<number, string>();
  const casts = new Map<unknown, string>();
  for (const item of trees(select['targetList'])) {
    const value = tree(tree(item['ResTarget'])['val']);
    const constant = tree(value['A_Const']);
    const at = constant['location'] ?? 0;
    const type = typeOf(constant);
    if (typeof at === 'number' && type !== undefined) types.set(at, type);
    const cast = castOf(value);
    if (cast) casts.set(cast.at, cast.type);
  }
  return tokens.map((token, at) => {
    const place = places[at] ?? -1;
    const cast = casts.get(place);
    if (cast !== undefined) return { ...token, text: cast };
    const type = types.get(place);
    if (type === undefined) return token;
    const written = render([{ ...token, space: false }]);
    return { kind: 'word', text: `${type} ${token.kind === 'number' ? `'${written}'` : written}`, space: token.space };
  });
}

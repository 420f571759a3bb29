import { Refusal } from '../refusal.js';
import { isSign, isWord, nameOf, splitCommas, stringValue, type Token } from '../tokens.js';
import { itemOf } from './output-name.js';
import { closingAny, joined, word } from './read-query.js';
import { quoted } from './scope.js';

const sign = (text: string): Token => ({ kind: 'sign', text, space: false });
const allowed = ['count', 'sum', 'min', 'max', 'avg'];

/** the table that PIVOT turns, in parentheses where it is a query, and the names of its columns */
export interface Turned {
  source: Token[];
  alias: Token | undefined;
  columns: string[] | undefined;
}

/** the subquery in place of `source PIVOT (...)` or `source UNPIVOT (...)`, and its columns */
export function turned(turn: Token[], { source, alias, columns }: Turned): { query: Token[]; columns: string[] } {
  const open = turn.findIndex((token) => isSign(token, '('));
  const inside = turn.slice(open + 1, closingAny(turn, open));
  const from = named(source, alias);
  return isWord(turn[0], 'pivot')
    ? pivot(inside, from, columns ?? [])
    : unpivot(inside, from, columns ?? [], isWord(turn[1], 'include'));
}

function parts(inside: Token[], rule: string) {
  const at = inside.findIndex((token) => isWord(token, 'for'));
  const column = inside[at + 1];
  if (
    at < 1 ||
    !column ||
    nameOf(column) === undefined ||
    !isWord(inside[at + 2], 'in') ||
    !isSign(inside[at + 3], '(')
  )
    throw new Refusal(rule, `syntax error: ${rule.toUpperCase()} (... FOR column IN (...)) is expected`);
  const close = closingAny(inside, at + 3);
  const values = splitCommas(inside.slice(at + 4, close)).map(itemOf);
  return { before: inside.slice(0, at), column, values };
}

function pivot(inside: Token[], source: Token[], columns: string[]) {
  const { before, column, values } = parts(inside, 'pivot');
  const { value: call, alias } = itemOf(before);
  const close = isSign(call[1], '(') ? closingAny(call, 1) : -1;
  if (!isWord(call[0], ...allowed) || close !== call.length - 1)
    throw new Refusal('pivot', 'PIVOT takes one call of COUNT, SUM, MIN, MAX or AVG');
  const isDistinct = isWord(call[2], 'distinct');
  const argument = call.slice(isDistinct ? 3 : 2, close);
  const isAll = argument.length === 1 && isSign(argument[0], '*');
  const used = new Set([nameOf(column), ...argument.map(nameOf)]);
  const kept = columns.filter((name) => !used.has(name));
  const names = values.map(({ value, alias: own }) => {
    if (value.some((token) => token.kind === 'word' && !isWord(token, 'null', 'true', 'false', 'date', 'timestamp')))
      throw new Refusal('pivot', 'the IN list of PIVOT takes constants: no column, no subquery');
    const name = nameOf(own) ?? defaultName(value);
    return alias ? `${name}_${nameOf(alias)}` : name;
  });
  const cells = values.map(({ value }, at) => {
    const test = isWord(value[0], 'null') ? [word('is'), ...value] : [sign('='), ...value];
    const counted: Token[] = isAll
      ? [{ kind: 'number', text: '1', space: true }]
      : argument.map((token, place) => (place === 0 ? { ...token, space: true } : token));
    return [
      word(call[0]?.text ?? ''),
      sign('('),
      ...(isDistinct ? [word('distinct')] : []),
      word('case'),
      word('when'),
      { ...column, space: true },
      ...test,
      word('then'),
      ...counted,
      word('end'),
      sign(')'),
      word('as'),
      quoted(names[at] ?? ''),
    ];
  });
  const keys = kept.map((name) => [quoted(name)]);
  const group = keys.length > 0 ? [word('group'), word('by'), ...joined(keys)] : [];
  const query = [word('select'), ...joined([...keys, ...cells]), word('from'), ...source, ...group];
  return { query, columns: [...kept, ...names] };
}

function defaultName(value: Token[]): string {
  const [only] = value;
  if (value.length !== 1 || !only) return '?column?';
  // a name folds, also where it comes from a text
  return only.kind === 'string' ? stringValue(only).toLowerCase() : only.text;
}

function unpivot(inside: Token[], source: Token[], columns: string[], withNulls: boolean) {
  const { before, column, values } = parts(inside, 'unpivot');
  const cell = nameOf(before[0]);
  if (before.length !== 1 || cell === undefined)
    throw new Refusal('unpivot', 'UNPIVOT (value FOR name IN (columns)) is expected');
  const turnedColumns = values.map(({ value }) => {
    const name = nameOf(value[0]);
    if (value.length !== 1 || name === undefined) throw new Refusal('unpivot', 'the IN list of UNPIVOT takes columns');
    return name;
  });
  const kept = columns.filter((name) => !turnedColumns.includes(name));
  const name = nameOf(column) ?? '';
  const selects = values.map(({ value, alias }, at) => {
    const label = `'${(nameOf(alias) ?? turnedColumns[at] ?? '').replaceAll("'", "''")}'`;
    const items = [
      ...kept.map((one) => [quoted(one)]),
      [
        word('cast'),
        sign('('),
        { kind: 'string', text: label, space: false } as const,
        word('as'),
        word('varchar'),
        sign(')'),
        word('as'),
        quoted(name),
      ],
      [...value, word('as'), quoted(cell)],
    ];
    const test = withNulls
      ? []
      : [word('where'), ...value.map((token) => ({ ...token, space: true })), word('is'), word('not'), word('null')];
    return [word('select'), ...joined(items), word('from'), ...source, ...test];
  });
  const query = selects.flatMap((select, at) => (at === 0 ? select : [word('union'), word('all'), ...select]));
  return { query, columns: [...kept, name, cell] };
}

function named(source: Token[], alias: Token | undefined): Token[] {
  const spaced = source.map((token, at) => (at === 0 ? { ...token, space: true } : token));
  if (alias) return [...spaced, word('as'), { ...alias, space: true }];
  return isSign(source[0], '(') ? [...spaced, word('as'), quoted('rs_local_source')] : spaced;
}

import { columnOf } from './column-names.js';
import { isTimeName, type DraftField } from './draft.js';

/** a field that has a column of its own, and those around it */
export interface Leaf {
  path: string[];
  column: string;
  /** from the outside in; the last is the field itself */
  fields: DraftField[];
}

export function leavesOf(fields: DraftField[], around: DraftField[] = []): Leaf[] {
  return fields.flatMap((field) => {
    const own = [...around, field];
    if (field.draft.kind === 'object') return leavesOf(field.draft.fields, own);
    const path = own.map(({ name }) => name);
    return field.draft.kind === 'leftOut' ? [] : [{ path, column: columnOf(field, path), fields: own }];
  });
}

const keyKinds = new Set([
  'text',
  'int',
  'int32',
  'date',
  'utcTime',
  'offsetTime',
  'localTime',
  'epochSeconds',
  'epochMillis',
]);
const timeKinds = new Set(['utcTime', 'offsetTime', 'localTime', 'epochSeconds', 'epochMillis']);

/** the field that identifies a record: always there, another in every record, and named so; undefined where there is none */
export function chooseKey(leaves: Leaf[], records: number, entity: string): Leaf | undefined {
  const unique = leaves.filter(({ fields }) => {
    const { shape, draft } = fields.at(-1) ?? {};
    return (
      shape &&
      isAlwaysThere(fields, records) &&
      keyKinds.has(draft?.kind ?? '') &&
      shape.distinct !== 'many' &&
      shape.distinct.size === records &&
      (shape.numbers?.count === records || shape.texts?.count === records)
    );
  });
  const ranked = unique
    .map((leaf) => ({ leaf, rank: rankOf(leaf, entity) }))
    .filter(({ rank }) => rank < (records > 1 ? unfit : timeRank));
  return ranked.sort((a, b) => a.rank - b.rank || a.leaf.path.length - b.leaf.path.length)[0]?.leaf;
}

const timeRank = 5;
const unfit = 7;

function rankOf({ path, fields }: Leaf, entity: string): number {
  const name = (path.at(-1) ?? '').replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  if (/^_?id$/.test(name)) return path.length === 1 ? 0 : 2;
  if (name === `${singular(entity)}_id` || /^(uuid|guid|urn|arn)$/.test(name)) return 1;
  if (/(^|_)(id|uuid|guid)$/.test(name)) return 3;
  if (/(^|_)(key|code|sha|hash|slug|number|no|name|login|email|isbn|sku|iban)$/.test(name)) return 4;
  if (timeKinds.has(fields.at(-1)?.draft.kind ?? '')) return timeRank;
  return name === 'date' || name === 'day' ? timeRank : unfit;
}

/** the field that says which of two rows of one key is newer */
export function chooseOrder(leaves: Leaf[], records: number, key: Leaf): Leaf | undefined {
  const found = leaves.flatMap((leaf) => {
    const name = (leaf.path.at(-1) ?? '').replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
    const kind = leaf.fields.at(-1)?.draft.kind ?? '';
    if (leaf === key || !isAlwaysThere(leaf.fields, records)) return [];
    if (/(updat|modif|chang|edited|last_)/.test(name) && timeKinds.has(kind)) return [{ leaf, rank: 0 }];
    if (/^(version|revision|sequence|seq)$/.test(name) && kind.startsWith('int')) return [{ leaf, rank: 1 }];
    const isTime = timeKinds.has(kind) && isTimeName(name) && !/creat|birth|start|begin|expire|end/.test(name);
    return isTime ? [{ leaf, rank: 2 }] : [];
  });
  return found.sort((a, b) => a.rank - b.rank || a.leaf.path.length - b.leaf.path.length)[0]?.leaf;
}

function isAlwaysThere(fields: DraftField[], records: number): boolean {
  return fields.every(({ shape }) => shape.values === records && shape.nulls === 0);
}

/** a key or an order takes no null */
export function pin({ fields }: Leaf): void {
  for (const field of fields) {
    field.isNullable = false;
    field.isOptional = false;
  }
}

export function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  if (/(ch|sh|x|ss)es$/.test(name)) return name.replace(/es$/, '');
  return /[^su]s$/.test(name) ? name.slice(0, -1) : name;
}

import type { LoadMode } from '../model/columns.js';
import { pathText } from '../model/field-path.js';
import { chooseKey, chooseOrder, leavesOf, pin, singular, type Leaf } from './choose-key.js';
import { freeName, identifierOf, nameColumns } from './column-names.js';
import { draftOf, fieldDraft, isMapLike, objectDraft, type DraftField } from './draft.js';
import type { RowsAt } from './rows-at.js';
import { noShape, type Shape } from './shape.js';
import { kindsOf, type Summary } from './summary.js';

export interface DraftEntity {
  name: string;
  description: string;
  /** merge where it has a key, else append */
  mode?: LoadMode;
  key: string[];
  order: string[];
  when?: { field: string; value: string };
  rows?: DraftRows;
  fields: DraftField[];
  /** what was guessed of the entity as a whole */
  notes: string[];
}

export type DraftRows =
  /** a list in each record */
  | { by: 'each'; list: string[]; with: [field: string, path: string[]][]; index: string; isOptional: boolean }
  /** the record is not an object */
  | { by: 'value' }
  | Pick<RowsAt, 'by' | 'path' | 'name'>;

/** tables for the records of a sample; `at`: their place in a document whose rows are no list */
export function draftEntities(name: string, summary: Summary, at?: RowsAt): DraftEntity[] {
  const names = new Set<string>();
  if (at) return [entityAt(name, at)];
  const kinds = kindsOf(summary);
  if (!kinds) return withChildren(name, summary.all, names, {});
  return [...kinds.shapes].flatMap(([value, shape]) =>
    withChildren(freeName(identifierOf(tableName(value)), names), shape, names, {
      when: { field: kinds.field, value },
    }),
  );
}

/** `PushEvent` -> `push_event` */
const tableName = (value: string) => value.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

function withChildren(name: string, shape: Shape, names: Set<string>, more: Pick<DraftEntity, 'when'>): DraftEntity[] {
  names.add(name);
  const { objects } = shape;
  if (!objects || objects.count < shape.values || objects.fields === 'many' || objects.fields.size === 0) {
    const fields = [fieldDraft('value', { ...shape }, shape.values)];
    return [unkeyed({ name, description: 'One row per record.', rows: { by: 'value' }, fields, ...more })];
  }
  const entity = keyed({ name, description: 'One row per record.', fields: fieldsOf(objects), ...more }, shape.values);
  if (!entity.keyLeaf) return [entity.entity];
  const children = listsIn(entity.entity.fields).flatMap((list) => {
    const child = childOf(entity.entity, list, entity.keyLeaf, entity.orderLeaf, shape.values, names);
    return child ? [child] : [];
  });
  return [entity.entity, ...children];
}

function fieldsOf(objects: NonNullable<Shape['objects']>): DraftField[] {
  const draft = objectDraft(objects);
  return draft.kind === 'object' ? draft.fields : [];
}

type Unkeyed = Omit<DraftEntity, 'key' | 'order' | 'notes'>;

function keyed(draft: Unkeyed, records: number): { entity: DraftEntity; keyLeaf?: Leaf; orderLeaf?: Leaf } {
  nameColumns(draft.fields);
  const leaves = leavesOf(draft.fields);
  const keyLeaf = chooseKey(leaves, records, draft.name);
  if (!keyLeaf) return { entity: unkeyed(draft) };
  const orderLeaf = chooseOrder(leaves, records, keyLeaf);
  pin(keyLeaf);
  if (orderLeaf) pin(orderLeaf);
  const notes = [
    `key: ${keyLeaf.column}, by its name${records > 1 ? ` and since each of ${records} records has another` : ''}`,
  ];
  if (orderLeaf) notes.push(`order: ${orderLeaf.column} is the time by which a row is newer, by its name`);
  else notes.push('order: no field says which of two rows of one key is newer');
  const order = orderLeaf ? [orderLeaf.column] : [];
  const entity = { ...draft, key: [keyLeaf.column], order, notes };
  return { entity, keyLeaf, ...(orderLeaf && { orderLeaf }) };
}

function unkeyed(draft: Unkeyed): DraftEntity {
  nameColumns(draft.fields);
  return { ...draft, key: [], order: [], notes: ['no field identifies a record: with a key it can be merged'] };
}

/** lists of objects in each record, not those within other lists */
function listsIn(fields: DraftField[], around: DraftField[] = []): DraftField[][] {
  return fields.flatMap((field) => {
    const own = [...around, field];
    if (field.draft.kind === 'object') return listsIn(field.draft.fields, own);
    const items = field.draft.kind === 'list' ? field.shape.lists?.items : undefined;
    if (!items?.objects || items.values === 0 || items.objects.count < items.values) return [];
    return isMapLike(items.objects) ? [] : [own];
  });
}

function childOf(
  parent: DraftEntity,
  list: DraftField[],
  key: Leaf | undefined,
  order: Leaf | undefined,
  records: number,
  names: Set<string>,
): DraftEntity | undefined {
  const field = list.at(-1);
  const items = field?.shape.lists?.items;
  if (!field || !key || !items?.objects || items.objects.fields === 'many') return undefined;
  const own = new Set([...items.objects.fields.keys()].flatMap((name) => [name, identifierOf(name)]));
  const taken = new Set(own);
  const carry = (leaf: Leaf): DraftField => {
    const from = leaf.fields.at(-1);
    const plain = /^(_?id|key|code|name|uuid|guid|number|at|time|timestamp|updated\w*|version)$/.test(leaf.column);
    const name = freeName(plain ? `${singular(parent.name)}_${leaf.column.replace(/^_/, '')}` : leaf.column, taken);
    taken.add(name);
    const draft = from?.draft ?? { kind: 'anything', note: '' };
    return { name, shape: from?.shape ?? noShape(), draft, isNullable: false, isOptional: false };
  };
  const carried = [key, ...(order ? [order] : [])].map((leaf) => ({ leaf, field: carry(leaf) }));
  const index = freeName('position', taken);
  const place: DraftField = {
    name: index,
    shape: noShape(),
    draft: { kind: 'int32', note: 'place in the list, from 0' },
    isNullable: false,
    isOptional: false,
  };
  const [keyField, orderField] = carried.map((one) => one.field);
  const fields = [...carried.map((one) => one.field), place, ...fieldsOf(items.objects)];
  nameColumns(fields);
  const path = list.map(({ name }) => name);
  const isOptional = !list.every(({ shape }) => shape.values === records && shape.nulls === 0);
  const name = freeName(identifierOf(tableName(path.at(-1) ?? 'items')), names);
  names.add(name);
  field.draft = { kind: 'leftOut', note: `its items are rows of ${name}` };
  return {
    name,
    description: `One row per item of ${pathText(path)} of each record of ${parent.name}.`,
    key: [keyField?.name ?? '', index],
    order: orderField ? [orderField.name] : [],
    ...(parent.when && { when: parent.when }),
    rows: {
      by: 'each',
      list: path,
      with: carried.map(({ leaf, field }) => [field.name, leaf.path]),
      index,
      isOptional,
    },
    fields,
    notes: [
      `rows: ${field.shape.lists?.items.values ?? 0} items came; the key is the record's and the place in its list`,
    ],
  };
}

/** a document whose rows are members of an object, or columns */
function entityAt(name: string, { shape, by, path, name: keyName, names }: RowsAt): DraftEntity {
  const { objects } = shape;
  const own = objects && objects.fields !== 'many' ? fieldsOf(objects) : [fieldDraft('value', shape, shape.values)];
  const draft = { name, description: `One row per member of ${pathText(path)}.`, rows: { by, path, name: keyName } };
  if (by === 'columns') return keyed({ ...draft, fields: own }, shape.values).entity;
  const memberName: DraftField = {
    name: keyName,
    shape: names,
    draft: draftOf(names, keyName),
    isNullable: false,
    isOptional: false,
  };
  const fields = [memberName, ...own];
  if (by === 'lists') return keyed({ ...draft, fields }, shape.values).entity;
  nameColumns(fields);
  const notes = [`key: the names of the members of ${pathText(path)}`];
  return { ...draft, fields, key: [keyName], order: [], notes };
}

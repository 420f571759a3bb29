import type { StreamDescription } from '../sources/connectors/protocol.js';
import type { StreamOptions } from '../model/connector.js';
import { leavesOf, pin, type Leaf } from './choose-key.js';
import { freeName, identifierOf, nameColumns } from './column-names.js';
import type { DraftEntity } from './draft-entities.js';
import type { DraftField } from './draft.js';
import { fieldsOfSchema } from './draft-schema.js';
import { noShape } from './shape.js';

export interface DraftStream {
  stream: string;
  sync: StreamOptions['sync'];
  entity: DraftEntity;
}

/** bytes of a text that identifies a row */
const keyText = 256;

/** a table for each stream of a connector, read as the connector says that it can be */
export function draftStreams(streams: StreamDescription[]): DraftStream[] {
  const names = new Set<string>();
  return streams.map((stream) => {
    const name = freeName(identifierOf(stream.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2')), names);
    names.add(name);
    const fields = fieldsOfSchema(stream.schema);
    return fields.length === 0 ? undeclared(stream.name, name) : draftStream(stream, name, fields);
  });
}

function draftStream(
  { name: stream, key, cursor, sync }: StreamDescription,
  name: string,
  fields: DraftField[],
): DraftStream {
  nameColumns(fields);
  const leaves = leavesOf(fields);
  const leafAt = (path: string[]) => leaves.find((leaf) => leaf.path.join('\0') === path.join('\0'));
  const keys = key.map(leafAt);
  const isKeyed = keys.length > 0 && keys.every((leaf) => leaf !== undefined && fitsKey(leaf));
  const keyLeaves = isKeyed ? keys.filter((leaf) => leaf !== undefined) : [];
  const isIncremental = sync.includes('incremental') && cursor !== undefined;
  const orderLeaf = isKeyed && isIncremental ? leafAt(cursor) : undefined;
  for (const leaf of keyLeaves) {
    pin(leaf);
    const { draft } = leaf.fields.at(-1) ?? {};
    if (draft?.kind === 'text') draft.bytes = Math.min(draft.bytes, keyText);
  }
  const isOrdered = orderLeaf !== undefined && fitsKey(orderLeaf) && !keyLeaves.includes(orderLeaf);
  if (isOrdered) pin(orderLeaf);
  const mode = !isKeyed ? 'append' : isIncremental ? 'merge' : 'replace';
  return {
    stream,
    sync: isIncremental ? 'incremental' : 'full_refresh',
    entity: {
      name,
      description: `One row per record of ${stream}.`,
      mode,
      key: keyLeaves.map(({ column }) => column),
      order: isOrdered ? [orderLeaf.column] : [],
      when: { field: '$stream', value: stream },
      fields,
      notes: [
        ...(isKeyed ? [] : ['the connector names no key: each interval adds its rows. With a key they can be merged']),
        ...(!isIncremental && sync.includes('incremental') ? ['incremental, once a cursor is named in `streams`'] : []),
      ],
    },
  };
}

/** a stream whose fields nobody declares: the whole record is one column */
function undeclared(stream: string, name: string): DraftStream {
  const value: DraftField = {
    name: 'value',
    shape: noShape(),
    draft: { kind: 'anything', note: '' },
    isNullable: true,
    isOptional: true,
  };
  const entity: DraftEntity = {
    name,
    description: `One row per record of ${stream}.`,
    key: [],
    order: [],
    when: { field: '$stream', value: stream },
    rows: { by: 'value' },
    fields: [value],
    notes: ['the connector declares no fields: see what comes, then say them here'],
  };
  return { stream, sync: 'full_refresh', entity };
}

/** what a table takes as a key: not an object, and not within one that may be missing */
function fitsKey({ fields }: Leaf): boolean {
  const kind = fields.at(-1)?.draft.kind;
  return kind !== 'list' && kind !== 'record' && kind !== 'anything';
}

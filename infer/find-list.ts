import { isMapLike } from './draft.js';
import type { Shape } from './shape.js';

/** by these names answers have their list, whatever is beside it */
const envelopes =
  /^(data|items|results?|records|rows|features|entries|values|list|objects|docs|documents|hits|edges|nodes|elements|content|payload|response|_embedded)$/i;
const ownName = /^_?id$|^(uu|gu)id$/i;

/** the place of the list of records in a document: the longest list of objects; undefined where the document itself is the record */
export function findList(document: Shape): string[] | undefined {
  const [best] = listsIn(document, []).sort((a, b) => b.weight - a.weight || a.path.length - b.path.length);
  if (!best) return undefined;
  const isEnvelope = best.path.some((name) => envelopes.test(name));
  // a record of its own that has a list, as an order has lines
  return isEnvelope || !hasOwnId(document) ? best.path : undefined;
}

function listsIn({ objects }: Shape, path: string[]): { path: string[]; weight: number }[] {
  if (!objects || objects.fields === 'many' || path.length > 3) return [];
  return [...objects.fields].flatMap(([name, shape]) => {
    // a place is written with dots between its names
    if (name === '' || name.includes('.') || shape.values < objects.count) return [];
    const own = [...path, name];
    const { lists } = shape;
    const isList = lists && lists.count === shape.values && lists.items.objects?.count === lists.items.values;
    if (isList && lists.items.values > 0) return [{ path: own, weight: lists.items.values }];
    return shape.objects && !isMapLike(shape.objects) ? listsIn(shape, own) : [];
  });
}

function hasOwnId({ objects }: Shape): boolean {
  return (
    objects !== undefined && objects.fields !== 'many' && [...objects.fields.keys()].some((name) => ownName.test(name))
  );
}

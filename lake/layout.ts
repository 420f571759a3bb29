/** what values at one place of a record have looked like: any string, number, boolean or null, and these */
export interface Layout {
  /** arrays: their items */
  items?: Layout;
  /** objects: their keys, in their order */
  keys?: Keys;
}

/** how an object went on after the keys before */
export interface Keys {
  canEnd: boolean;
  next: Map<string, { value: Layout; rest: Keys }>;
}

/** bounds the code that is made of a layout, whatever a source sends */
const maxKeys = 400;
const maxKeyLength = 100;
const maxDepth = 16;

/** printable, so neither escaped nor more than a byte each; in an object literal `__proto__` is no field */
const plainKey = /^(?!__proto__$)[ !#-[\]-~]*$/;

/** layouts of the records of one part, as they come */
export function learnedLayout() {
  const layout: Layout = {};
  let keys = 0;

  /** whether anything about the value was new */
  function learn(value: unknown, into: Layout, depth: number): boolean {
    if (typeof value !== 'object' || value === null || depth > maxDepth) return false;
    if (Array.isArray(value)) {
      let isNew = into.items === undefined;
      const items = (into.items ??= {});
      for (const item of value) isNew = learn(item, items, depth + 1) || isNew;
      return isNew;
    }
    const names = Object.keys(value);
    if (names.some((name) => name.length > maxKeyLength || !plainKey.test(name))) return false;
    let isNew = into.keys === undefined;
    let at = (into.keys ??= { canEnd: false, next: new Map() });
    for (const name of names) {
      let next = at.next.get(name);
      if (!next) {
        if (++keys > maxKeys) return isNew;
        isNew = true;
        at.next.set(name, (next = { value: {}, rest: { canEnd: false, next: new Map() } }));
      }
      isNew = learn((value as Record<string, unknown>)[name], next.value, depth + 1) || isNew;
      at = next.rest;
    }
    if (!at.canEnd) isNew = at.canEnd = true;
    return isNew;
  }

  return { layout, learn: (value: unknown) => learn(value, layout, 0) };
}

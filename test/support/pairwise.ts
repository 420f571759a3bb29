/** few of all combinations, in which every two values of two fields still meet; always the same ones */
export function pairwise<T extends object>(all: T[]): T[] {
  const fields = Object.keys(all[0] ?? {}) as (keyof T)[];
  const pairsOf = (one: T) =>
    fields.flatMap((left, at) =>
      fields.slice(at + 1).map((right) => JSON.stringify([left, one[left], right, one[right]])),
    );
  const open = new Set(all.flatMap(pairsOf));
  const chosen: T[] = [];
  while (open.size > 0) {
    const gains = all.map((one) => pairsOf(one).filter((pair) => open.has(pair)).length);
    const best = all[gains.indexOf(Math.max(...gains))];
    if (!best) break;
    chosen.push(best);
    for (const pair of pairsOf(best)) open.delete(pair);
  }
  return chosen;
}

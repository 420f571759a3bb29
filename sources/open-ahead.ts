import type { RawBody } from './raw-body.js';

/** GETs under way before they are asked for: hides the round trips of many small objects */
const ahead = 8;

/** opens the items in order, a few at a time; what nobody took is closed */
export async function* openAhead<T>(
  items: T[],
  open: (item: T) => Promise<RawBody>,
): AsyncGenerator<{ item: T; body: RawBody }> {
  const coming: { item: T; body: Promise<RawBody> }[] = [];
  const rest = items.values();
  const fill = () => {
    while (coming.length < ahead) {
      const { value: item, done } = rest.next();
      if (done) return;
      const body = open(item);
      // a fault is told when its turn comes
      body.catch(() => undefined);
      coming.push({ item, body });
    }
  };
  try {
    fill();
    for (let first = coming.shift(); first; first = coming.shift()) {
      fill();
      yield { item: first.item, body: await first.body };
    }
  } finally {
    for (const { body } of coming) void body.then((opened) => opened.close()).catch(() => undefined);
  }
}

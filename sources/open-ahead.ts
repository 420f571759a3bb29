/** GETs under way before they are asked for: hides the round trips of many small objects */
const ahead = 16;

/** opens the items in order, a few at a time; what nobody took is closed */
export async function* openAhead<T, Opened>(
  items: Iterable<T>,
  open: (item: T) => Promise<Opened>,
  close: (opened: Opened) => void,
): AsyncGenerator<Opened> {
  const coming: Promise<Opened>[] = [];
  const rest = items[Symbol.iterator]();
  const fill = () => {
    while (coming.length < ahead) {
      const { value: item, done } = rest.next();
      if (done) return;
      const opened = open(item);
      // a fault is told when its turn comes
      opened.catch(() => undefined);
      coming.push(opened);
    }
  };
  try {
    fill();
    for (let first = coming.shift(); first; first = coming.shift()) {
      fill();
      yield await first;
    }
  } finally {
    for (const opened of coming) void opened.then(close).catch(() => undefined);
  }
}

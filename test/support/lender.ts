/** lends things to one borrower at a time each, in the order in which they ask */
export function lender<T>(things: T[]): <R>(work: (thing: T) => Promise<R>) => Promise<R> {
  const free = [...things];
  const waiting: ((thing: T) => void)[] = [];
  return async (work) => {
    const thing = free.shift() ?? (await new Promise<T>((resolve) => waiting.push(resolve)));
    try {
      return await work(thing);
    } finally {
      const next = waiting.shift();
      if (next) next(thing);
      else free.push(thing);
    }
  };
}

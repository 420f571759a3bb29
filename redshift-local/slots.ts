/** at most `limit` holders at a time; others wait in the order they came */
export function slots(limit: number) {
  const waiting: (() => void)[] = [];
  let held = 0;
  return {
    async take(): Promise<void> {
      if (held >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
      else held++;
    },
    free(): void {
      const next = waiting.shift();
      if (next) next();
      else held--;
    },
  };
}

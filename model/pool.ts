/** runs tasks with at most `width` under way; one that fails does not stop the others; results in order */
export async function pool<T, R>(
  items: T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<PromiseSettledResult<R>[]> {
  const results: PromiseSettledResult<R>[] = [];
  let next = 0;
  async function lane(): Promise<void> {
    while (next < items.length) {
      const at = next++;
      const [result] = await Promise.allSettled([work(items[at] as T)]);
      results[at] = result;
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
  return results;
}

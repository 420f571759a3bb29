const patience = 600_000;

/** waits in real time until something is so; one that never comes true fails with the line that waited */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const late = new Error(`not so after ${patience / 60_000} minutes: ${String(isSo)}`);
  const until = Date.now() + patience;
  while (!(await isSo())) {
    if (Date.now() > until) throw late;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

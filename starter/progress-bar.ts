const cells = 24;

export function progressBar(done: number, total: number): string {
  const full = total === 0 ? cells : Math.round((cells * done) / total);
  return `${'█'.repeat(full)}${'░'.repeat(cells - full)}`;
}

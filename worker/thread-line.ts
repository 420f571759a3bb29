/** ms that threads may show no sign: a task that hangs is given up by itself before, and its thread with it */
const patience = 150_000;

/** tasks that wait for a free thread are alive as long as the threads are */
export function threadLine({ every, most = patience }: { every: number; most?: number }) {
  const waiting = new Set<() => void>();
  let moved = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function tick(): void {
    if (performance.now() - moved < most) for (const sign of waiting) sign();
  }

  return {
    enter(sign: () => void): void {
      if (waiting.size === 0) moved = performance.now();
      waiting.add(sign);
      timer ??= setInterval(tick, every);
    },
    leave(sign: () => void): void {
      waiting.delete(sign);
      if (waiting.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
    /** some thread began, went on or ended */
    moved(): void {
      moved = performance.now();
    },
  };
}

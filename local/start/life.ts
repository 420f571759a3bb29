import type { StackFailure } from '../supervisor/stack-failure.js';

type Stop = (options: { now: boolean }) => Promise<void>;

/** when the program ends, and what is stopped then */
export interface Life {
  onEnd(stop: Stop): void;
  /** ends everything with exit code 1 */
  fail(failure: StackFailure): void;
  end(exitCode: number): Promise<void>;
  isEnding(): boolean;
}

/** npm hands a terminal's Ctrl-C on, so one keystroke may arrive twice */
const sameKeystroke = 400;

const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;

export interface LifeOptions {
  whenParentEnds(work: () => void): void;
  onFailure(failure: StackFailure): void;
  onStopping(): void;
}

export function life({ whenParentEnds, onFailure, onStopping }: LifeOptions): Life {
  const stops: Stop[] = [];
  let exitCode: number | undefined;
  let firstAt = 0;

  const stopAll = (now: boolean) => Promise.allSettled(stops.toReversed().map((stop) => stop({ now })));

  async function end(code: number): Promise<void> {
    if (exitCode !== undefined) return;
    exitCode = code;
    firstAt = Date.now();
    if (stops.length > 0) onStopping();
    await stopAll(false);
    process.exit(exitCode);
  }

  function signalled(code: number): void {
    if (exitCode === undefined) void end(code);
    else if (Date.now() - firstAt > sameKeystroke) void stopAll(true).then(() => process.exit(code));
  }

  for (const [signal, number] of Object.entries(numbers)) process.on(signal, () => signalled(128 + number));
  whenParentEnds(() => void end(129));

  return {
    onEnd: (stop) => stops.push(stop),
    fail(failure) {
      if (exitCode !== undefined) return;
      onFailure(failure);
      void end(1);
    },
    end,
    isEnding: () => exitCode !== undefined,
  };
}

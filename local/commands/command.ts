import type { Command } from 'commander';

/** what the `waterclock` command hands to a command of this package */
export interface CommandContext {
  terminal: { print(text: string): void; say(text: string): void; progress(text: string): void };
  /** the project that the command works on */
  projectPlace(): { folder: string };
  /** where the states of its embedded stacks are */
  stateFolder(): string;
  /** from now on the command itself ends what it started when a signal comes */
  takeSignals(): void;
}

/** as the `waterclock` command takes its own */
export interface PackageCommand<Options> {
  options(command: Command): void;
  examples: string[];
  run(context: CommandContext, options: Options & { json?: true }): Promise<0 | 1 | 2 | 3>;
}

export type Environment = Record<string, string | undefined>;

export const exitCodes = { done: 0, failed: 1, usage: 2, unreachable: 3 } as const;

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** result on stdout, everything else on stderr; control characters of what is written are shown, not sent */
export interface Terminal {
  /** a line of the result */
  print(text: string): void;
  /** a line about the work */
  say(text: string): void;
  /** what goes on right now: one line redrawn on a terminal, otherwise a line at each change, at most one a second */
  progress(text: string, options?: { last?: boolean }): void;
  /** for texts that are then printed or said: only there the colour becomes one */
  paint(colour: Colour, text: string, stream?: 'stdout' | 'stderr'): string;
  /** columns of stdout; absent where it is not a terminal */
  width(): number | undefined;
  /** whether progress is redrawn in place */
  isInteractive(): boolean;
}

import type { Data } from 'apache-arrow';

/** typed arrays grown by hand: half the time of Arrow's per-value builders */
export interface ColumnBuffer {
  /** code that stores a value as row `at`: `column` names this buffer, `value` a value that is not null */
  code(column: string, value: string): string;
  setNull(at: number): void;
  /** room for so many rows */
  reserve(rows: number): void;
  /** its rows as Arrow data over this buffer's own memory: valid until `reset` */
  finish(rows: number): Data;
  /** empties it; its memory is kept for the next rows */
  reset(): void;
}

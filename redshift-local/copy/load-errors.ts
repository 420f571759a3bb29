import type { TargetColumn } from './target-columns.js';

/** one rejected value or record, as the error views show it */
export interface Problem {
  file: string;
  line: number;
  column?: TargetColumn | undefined;
  position?: number;
  code: number;
  reason: string;
  rawLine?: string;
  rawValue?: string;
}

/** a value that does not fit its column */
export class ValueError extends Error {
  constructor(
    readonly code: number,
    reason: string,
    /** of the first character that is wrong, from 0 */
    readonly position = 0,
  ) {
    super(reason);
    this.name = 'ValueError';
  }
}

/** COPY's end, with what the error views will tell of it */
export class LoadFailure extends Error {
  constructor(
    message: string,
    readonly problems: Problem[],
  ) {
    super(message);
    this.name = 'LoadFailure';
  }
}

export const tooLong = (limit: number, length: number, column: string) =>
  new ValueError(
    15001,
    `The length of the data column ${column} is longer than the length defined in the table. Table: ${limit}, Data: ${length}`,
  );

/** as COPY from columnar files fails: they are read by Spectrum */
export function spectrumFailure(queryId: number, problem: Problem): LoadFailure {
  const line = '-'.repeat(47);
  const about = `code:      ${problem.code}\n  context:   ${problem.reason}\n  query:     ${queryId}\n  location:  dory_util.cpp:1509\n  process:   worker_thread [pid=${queryId}]`;
  return new LoadFailure(
    `Spectrum Scan Error\n  Detail: \n  ${line}\n  error:  Spectrum Scan Error\n  ${about}\n  ${line}\n`,
    [problem],
  );
}

/** as COPY from text and JSON fails */
export const textFailure = (table: string, problems: Problem[]) =>
  new LoadFailure(
    `Load into table '${table}' failed.  Check 'sys_load_error_detail' system table for details.`,
    problems,
  );

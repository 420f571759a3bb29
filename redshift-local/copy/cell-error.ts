import { ValueError } from './load-errors.js';

/** the value at `index` of a page, then of a row group, does not fit */
export class CellError extends Error {
  constructor(
    readonly index: number,
    override readonly cause: ValueError,
    readonly column = 0,
  ) {
    super(cause.message);
    this.name = 'CellError';
  }

  at(column: number, pageStart: number): CellError {
    return new CellError(this.index + pageStart, this.cause, column);
  }
}

export function missing(index: number): CellError {
  return new CellError(index, new ValueError(1213, 'Missing data for not-null field'));
}

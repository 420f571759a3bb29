import type { CommandContext } from '../command-context.js';
import type { CopyCommand } from '../sql/copy.js';
import type { Problem } from './load-errors.js';
import type { SourceFile } from './source-files.js';
import type { Target } from './target-columns.js';

export interface Load {
  command: CopyCommand;
  target: Target;
  files: SourceFile[];
  context: CommandContext;
}

export interface Loaded {
  rows: number;
  /** rejected records within MAXERROR */
  problems: Problem[];
}

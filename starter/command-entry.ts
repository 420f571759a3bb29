import type { CommandDefinition } from './command-definition.js';

export interface Entry {
  /** name and arguments, as commander writes them */
  usage: string;
  summary: string;
  /** heading of the help that it stands under */
  group?: string;
  load: () => Promise<AnyCommand>;
}

export interface Group {
  usage: string;
  summary: string;
  group?: string;
  commands: Entry[];
}

/** commander hands over what it parsed; each command names the types of its own arguments and options */
export type AnyCommand = CommandDefinition<never[], never>;

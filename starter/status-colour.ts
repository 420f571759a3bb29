import type { Colour } from '../control/terminal.js';

const colours: Record<string, Colour> = {
  completed: 'green',
  done: 'green',
  reused: 'green',
  failed: 'red',
  terminated: 'red',
  'timed out': 'red',
  running: 'cyan',
};

/** of a run or a step, as everywhere in the command; yellow: a person may want to look */
export function statusColour(status: string): Colour {
  return colours[status] ?? 'yellow';
}

import { root } from '../paths.js';
import type { Service } from '../supervisor/service.js';

type Rest = Omit<Service, 'command' | 'args' | 'folder'>;

/** a program of this repository, run from its source */
export function nodeService(file: string, rest: Rest): Service {
  return { ...rest, command: process.execPath, args: ['--import', 'tsx', file], folder: root };
}

import { packageFolder, programArguments, type Package } from '../programs.js';
import type { Service } from '../supervisor/service.js';

type Rest = Omit<Service, 'command' | 'args' | 'folder'>;

/** a program of one of the packages, as in `worker/main` of `waterclock` */
export function nodeService(name: Package, program: string, rest: Rest): Service {
  return { ...rest, command: process.execPath, args: programArguments(name, program), folder: packageFolder(name) };
}

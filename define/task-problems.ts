import { secretNames } from '../model/http-source.js';
import { textsIn } from '../model/map-texts.js';
import { secretNameProblem } from '../model/secret-place.js';
import type { TaskProgram } from '../model/task.js';
import { timeProblems } from '../model/times.js';

/** everything that is wrong with a program of a definition */
export function taskProblems({ command, environment, grace, container }: TaskProgram): string[] {
  const ownTimes = (text: string, where: string) =>
    // other braces are the program's own
    timeProblems(text, where).filter((problem) => /has \{(start|end)[:}]/.test(problem));
  const names = Object.keys(environment);
  return [
    ...(container || command[0]?.trim() ? [] : ["its task has no program: say command: ['python3', 'etl.py']"]),
    ...command.flatMap((text) => ownTimes(text, 'its command')),
    ...names
      .filter((name) => !/^[A-Za-z_]\w*$/.test(name))
      .map((name) => `its environment names '${name}', which is not the name of a variable`),
    ...names
      .filter((name) => name.startsWith('WATERCLOCK_'))
      .map((name) => `its environment names ${name}: variables that begin with WATERCLOCK_ are the contract's`),
    ...textsIn(environment).flatMap((text) => ownTimes(text, 'its environment')),
    ...secretProblems(environment),
    ...(grace >= 0 ? [] : ['its grace must be a length of time']),
  ];
}

/** what is wrong with the names of the secrets in a value */
export const secretProblems = (value: unknown): string[] =>
  secretNames(value)
    .map(secretNameProblem)
    .filter((problem) => problem !== undefined);

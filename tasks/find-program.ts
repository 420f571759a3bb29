import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { TerminalError } from '../model/errors.js';

/** a program of the folders that `waterclock connectors install` made, else of PATH */
export async function findProgram(
  command: string,
  { PATH = '', WATERCLOCK_CONNECTORS: home }: Record<string, string | undefined>,
  type: 'ConnectorMissing' | 'TaskMissing' = 'ConnectorMissing',
): Promise<string> {
  if (isAbsolute(command)) return command;
  const own = home === undefined ? [] : await foldersIn(home);
  for (const folder of [...own.map((name) => join(home ?? '', name, 'bin')), ...PATH.split(delimiter)]) {
    const file = join(folder, command);
    if (folder && (await isProgram(file))) return file;
  }
  throw new TerminalError(
    type,
    `the program ${command} is neither in ${home === undefined ? 'WATERCLOCK_CONNECTORS, which is not set,' : `a folder of ${home}`} nor in PATH`,
  );
}

const foldersIn = (home: string) => readdir(home).catch((): string[] => []);

const isProgram = (file: string) =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

import { existsSync } from 'node:fs';
import { join } from 'node:path';

// runs commands of the program in the folder named, in one process: loading it is most of what a command costs
const [program = ''] = process.argv.slice(2);
const form = existsSync(join(program, 'starter/main.ts')) ? 'ts' : 'js';
const [{ createContext }, { runCommand }, { createTerminal }] = await Promise.all(
  ['control/context', 'starter/run-command', 'starter/terminal'].map(
    (file) => import(join(program, `${file}.${form}`)),
  ),
);

async function perform({ id, words }) {
  const stream = (name) => ({ write: (text) => process.send({ id, [name]: text }) });
  const terminal = createTerminal(stream('stdout'), stream('stderr'), process.env);
  const code = await runCommand(
    words,
    createContext(terminal, () => process.env, { folder: process.env.WATERCLOCK_PROJECT, namesDeployment: true }),
  );
  process.send({ id, code });
}
process.on('message', (message) => void perform(message));
process.on('disconnect', () => process.exit());
process.send({ isReady: true });

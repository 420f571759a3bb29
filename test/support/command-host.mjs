import { join } from 'node:path';

// runs commands of the compiled program in the folder named, in one process: loading it is most of what a command costs
const [program = ''] = process.argv.slice(2);
const load = (file) => import(join(program, 'starter', file));
const [{ createContext }, { runCommand }, { createTerminal }] = await Promise.all(
  ['context.js', 'run-command.js', 'terminal.js'].map(load),
);

process.on('message', async ({ id, words }) => {
  const stream = (name) => ({ write: (text) => process.send({ id, [name]: text }) });
  const terminal = createTerminal(stream('stdout'), stream('stderr'), process.env);
  const code = await runCommand(
    words,
    createContext(terminal, () => process.env, true),
  );
  process.send({ id, code });
});
process.on('disconnect', () => process.exit());
process.send({ isReady: true });

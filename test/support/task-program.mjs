// a program as teams have them: each argument says what it does next
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

// a folder stands for the bucket of a container's result
const { WATERCLOCK_RESULT = '', RESULTS } = process.env;
const resultFile = WATERCLOCK_RESULT.replace(/^s3:\/\/[^/]+/, RESULTS);

const does = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  lines: (count) => {
    for (let at = 0; at < Number(count); at++) process.stdout.write(`{"id":"${at}"}\n`);
  },
  long: (letters) => void process.stdout.write(`${'x'.repeat(Number(letters))}\n`),
  result: (text) => writeFileSync(resultFile, text),
  /** the variables that it was given, into its result */
  variables: () => writeFileSync(resultFile, JSON.stringify({ ...process.env, cwd: process.cwd() })),
  sleep: (ms) => sleep(Number(ms)),
  deaf: () => void process.on('SIGTERM', () => process.stderr.write('does not hear\n')),
  polite: () =>
    void process.on('SIGTERM', () => {
      process.stderr.write('cleans up\n');
      process.exit(0);
    }),
  /** writes its pid and that of a program that it starts */
  pids: (file) => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' });
    writeFileSync(file, `${process.pid} ${child.pid}`);
  },
  /** takes more and more memory */
  eat: async () => {
    const all = [];
    for (;;) {
      all.push(Buffer.alloc(8e6, 1));
      await sleep(5);
    }
  },
  kill: (signal) => process.kill(process.pid, signal),
  exit: (code) => process.exit(Number(code)),
};

for (const argument of process.argv.slice(2)) {
  const [what, ...rest] = argument.split('=');
  await does[what](rest.join('='));
}

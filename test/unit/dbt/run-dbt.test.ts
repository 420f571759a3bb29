import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { runDbt } from '../../../dbt/run-dbt.js';

const node = (script: string) => ({
  command: process.execPath,
  args: ['-e', script],
  cwd: tmpdir(),
  environment: { PATH: process.env['PATH'] },
});

test('hands over lines as they come, the exit code and the end of stderr', async () => {
  const lines: string[] = [];
  const exit = await runDbt({
    ...node(`console.log('one'); console.log('two'); console.error('broken'); process.exitCode = 2`),
    line: (line) => lines.push(line),
  });
  expect(lines).toEqual(['one', 'two']);
  expect(exit).toEqual({ code: 2, stderr: 'broken' });
});

test('cancelled: interrupts, waits for the end, throws the reason', async () => {
  const cancel = new AbortController();
  const lines: string[] = [];
  const running = runDbt({
    ...node(`process.on('SIGINT', () => { console.log('cancelling statements'); process.exit(1) });
      setInterval(() => {}, 1000); console.log('ready')`),
    line: (line) => {
      lines.push(line);
      if (line === 'ready') cancel.abort(new Error('cancelled by the server'));
    },
    signal: cancel.signal,
  });
  await expect(running).rejects.toThrow('cancelled by the server');
  expect(lines).toEqual(['ready', 'cancelling statements']);
});

test('cancelled: kills what does not end by itself', async () => {
  const cancel = new AbortController();
  const running = runDbt({
    ...node(`process.on('SIGINT', () => {}); setInterval(() => {}, 1000); console.log('ready')`),
    line: () => cancel.abort(new Error('cancelled')),
    signal: cancel.signal,
    grace: 50,
  });
  await expect(running).rejects.toThrow('cancelled');
});

test('is not started once cancelled', async () => {
  await expect(runDbt({ ...node(''), signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
});

test('names the setting when there is no dbt', async () => {
  await expect(runDbt({ ...node(''), command: '/nowhere/dbt' })).rejects.toMatchObject({
    name: 'DbtFailed',
    message: "dbt cannot be started as '/nowhere/dbt' (ENOENT): set WATERCLOCK_DBT to its path",
  });
});

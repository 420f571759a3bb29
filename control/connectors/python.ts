import { execFile } from 'node:child_process';
import type { Environment } from '../environment.js';

export interface ToolEnd {
  code: number;
  /** stdout and stderr, the end of it where it is long */
  output: string;
}

interface Tools {
  environment: Environment;
  signal: AbortSignal;
}

const names = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3'];
const question = `
import sys
import ensurepip, venv
print(sys.executable, '%d.%d' % sys.version_info[:2], sep='|')
`;

/** those that make virtual environments, the newest first; shims that fail when they are run are left out */
export async function findPythons(tools: Tools): Promise<{ path: string; version: string }[]> {
  const found = new Map<string, string>();
  for (const name of names) {
    const { code, output } = await runTool(name, ['-c', question], tools);
    const [path = '', version = ''] = output.trim().split('|');
    const isSupported = /^3\.(1\d)$/.test(version);
    if (code === 0 && isSupported && ![...found.values()].includes(version)) found.set(path, version);
  }
  return Array.from(found, ([path, version]) => ({ path, version }));
}

/** a program to its end; 127 where it cannot be started. Throws the signal's reason */
export async function runTool(command: string, args: string[], { environment, signal }: Tools): Promise<ToolEnd> {
  const end = await new Promise<ToolEnd>((resolve) => {
    execFile(command, args, { env: environment, signal, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 127) : 0;
      resolve({ code, output: `${stdout}${stderr}` });
    });
  });
  signal.throwIfAborted();
  return end;
}

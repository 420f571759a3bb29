import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Contestant, Places } from './contestants.js';

export interface Measured {
  name: string;
  rows: number;
  /** records that were refused */
  bad: number;
  /** of the work itself, without the start of its language */
  seconds: number;
  /** of the whole process and what it started */
  cpuSeconds: number;
  peakMb: number;
  /** longest stall of the main thread */
  stallMs?: number;
  files?: string[];
  error?: string;
}

interface Told {
  rows: number;
  bad: number;
  ms: number;
  peakMb?: number;
  stallMs?: number;
  files?: string[];
}

export async function measure({ name, command, env }: Contestant, { python, root, cwd }: Places): Promise<Measured> {
  const { stdout } = await promisify(execFile)(python, [join(root, 'bench/measure.py'), ...command], {
    cwd,
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  const { code, out, err, seconds, cpu, peakMb } = JSON.parse(stdout) as Record<string, number> & {
    out: string;
    err: string;
  };
  if (code !== 0) {
    const error = err.split('\n').find((line) => /error/i.test(line)) ?? `ended with ${code}`;
    return { name, rows: 0, bad: 0, seconds: seconds ?? 0, cpuSeconds: cpu ?? 0, peakMb: peakMb ?? 0, error };
  }
  const told = JSON.parse(out.trim().split('\n').at(-1) ?? '') as Told;
  return {
    name,
    rows: told.rows,
    bad: told.bad,
    seconds: told.ms / 1000,
    cpuSeconds: cpu ?? 0,
    peakMb: told.peakMb ?? peakMb ?? 0,
    ...(told.stallMs !== undefined && { stallMs: told.stallMs }),
    ...(told.files && { files: told.files }),
  };
}

import type { Build, Target } from './build.js';
import { byKind } from './kinds.js';

export interface Measured {
  target: Target;
  /** of `dbt parse`, with nothing to parse again: Python's imports and the start of dbt */
  parseSeconds: number;
  builds: Build[];
}

const two = (value: number) => value.toFixed(2);

export function report(measured: Measured[]): string {
  const parts = measured.map(({ target, parseSeconds, builds }) => {
    const best = bestOf(builds);
    const kinds = byKind(best.statements);
    const waited = kinds.reduce((sum, { seconds }) => sum + seconds, 0);
    const rows = kinds.map(
      ({ kind, count, seconds }) =>
        `  ${kind.padEnd(30)} ${String(count).padStart(5)} ${two(seconds).padStart(8)} s ${((seconds / count) * 1000).toFixed(1).padStart(8)} ms each`,
    );
    return [
      `${target}: ${two(best.seconds)} s, of it ${two(best.cpuSeconds)} s of dbt's own processor time; start and parse ${two(parseSeconds)} s`,
      `  ${best.statements.length} statements, ${two(waited)} s in 4 threads`,
      ...rows,
    ].join('\n');
  });
  const seconds = (target: Target) => bestOf(measured.find((one) => one.target === target)?.builds ?? []).seconds;
  return `${parts.join('\n\n')}\n\nthe wire takes ${two(seconds('local') / seconds('local-postgres'))} of PostgreSQL's time\n`;
}

const bestOf = (builds: Build[]): Build =>
  builds.reduce((best, one) => (one.seconds < best.seconds ? one : best), {
    seconds: Infinity,
    cpuSeconds: 0,
    statements: [],
  });

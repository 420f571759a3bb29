import type { Build, Target, Way } from './build.js';
import { byKind } from './kinds.js';

export interface Measured {
  target: Target;
  way: Way;
  /** of `dbt parse`, with nothing to parse again: Python's imports and the start of dbt */
  parseSeconds: number;
  builds: Build[];
}

const two = (value: number) => value.toFixed(2);

export function report(measured: Measured[]): string {
  const parts = measured.map(({ target, way, parseSeconds, builds }) => {
    const best = bestOf(builds);
    const kinds = byKind(best.statements);
    const waited = kinds.reduce((sum, { seconds }) => sum + seconds, 0);
    const rows = kinds.map(
      ({ kind, count, seconds }) =>
        `  ${kind.padEnd(30)} ${String(count).padStart(5)} ${two(seconds).padStart(8)} s ${((seconds / count) * 1000).toFixed(1).padStart(8)} ms each`,
    );
    return [
      `${target} ${way}: ${two(best.seconds)} s${ofCpu(best)}; start and parse ${two(parseSeconds)} s`,
      `  ${best.statements.length} statements, ${two(waited)} s in 4 threads`,
      ...rows,
    ].join('\n');
  });
  const [base, ...others] = measured.map((one) => ({ ...one, seconds: bestOf(one.builds).seconds }));
  const ratios = others.map(
    ({ way, seconds }) => `the wire ${way} takes ${two(seconds / (base?.seconds ?? NaN))} of PostgreSQL's time by hand`,
  );
  return `${parts.join('\n\n')}\n\n${ratios.join('\n')}\n`;
}

const ofCpu = ({ cpuSeconds }: Build) =>
  cpuSeconds === undefined ? '' : `, of it ${two(cpuSeconds)} s of dbt's own processor time`;

const bestOf = (builds: Build[]): Build =>
  builds.reduce((best, one) => (one.seconds < best.seconds ? one : best), {
    seconds: Infinity,
    statements: [],
  });

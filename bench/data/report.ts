import type { Measured } from './measure.js';

export interface Outcome {
  kind: 'a' | 'b';
  rows: number;
  bytes: number;
  measured: Measured[];
  /** absent when one of the two that are compared was not asked for */
  equality?: { rows: [number, number]; columns: number; different: string[]; keys: [number, number] } | undefined;
}

interface Target {
  set: string;
  text: string;
  wanted: number;
  got: number;
  ok: boolean;
}

const rate = ({ rows, seconds }: Measured) => rows / seconds;

/** at least so many times a peer's rate, in the same run */
const wanted: { set: 'a' | 'b'; of: string; to: string; atLeast: number }[] = [
  { set: 'a', of: 'waterclock, one thread', to: 'duckdb, strict SQL', atLeast: 0.8 },
  { set: 'a', of: 'waterclock, one thread', to: 'pandas', atLeast: 4 },
  { set: 'a', of: 'waterclock, one thread', to: 'pydantic, streaming', atLeast: 3 },
  { set: 'a', of: 'waterclock, one thread', to: 'dlt', atLeast: 7 },
  { set: 'a', of: 'waterclock, S3 to S3, 2 threads', to: 'duckdb, strict SQL', atLeast: 0.4 },
  { set: 'a', of: 'waterclock, S3 to S3, 2 threads', to: 'waterclock, S3 to S3, 1 thread', atLeast: 1.4 },
  { set: 'b', of: 'waterclock, one thread', to: 'duckdb, strict SQL', atLeast: 0.5 },
  { set: 'b', of: 'waterclock, one thread', to: 'pandas', atLeast: 3 },
];

const peaks: { of: string; belowMb: number }[] = [
  { of: 'waterclock, one thread', belowMb: 400 },
  { of: 'waterclock, S3 to S3, 2 threads', belowMb: 600 },
];

export function targets(outcomes: Outcome[]): Target[] {
  return outcomes.flatMap(({ kind, measured, equality }) => {
    const named = (name: string) => measured.find((one) => one.name === name && !one.error);
    const isAsked = (name: string) => measured.some((one) => one.name === name);
    const set = kind.toUpperCase();
    const ratios = wanted
      .filter((target) => target.set === kind && isAsked(target.of) && isAsked(target.to))
      .map(({ of, to, atLeast }): Target => {
        const [own, peer] = [named(of), named(to)];
        const got = own && peer ? rate(own) / rate(peer) : 0;
        return { set, text: `${of} / ${to}`, wanted: atLeast, got, ok: got >= atLeast };
      });
    const memory = peaks
      .filter(({ of }) => isAsked(of))
      .map(({ of, belowMb }): Target => {
        const got = named(of)?.peakMb ?? Infinity;
        return { set, text: `${of}: peak MB, at most`, wanted: belowMb, got, ok: got <= belowMb };
      });
    const different = equality?.different.length ?? 0;
    const equal = {
      set,
      text: 'columns that differ from DuckDB, at most',
      wanted: 0,
      got: different,
      ok: different === 0,
    };
    return [...ratios, ...memory, ...(equality ? [equal] : [])];
  });
}

export function table(outcomes: Outcome[]): string {
  const lines: string[] = [];
  for (const { kind, rows, bytes, measured, equality } of outcomes) {
    lines.push(`Set ${kind.toUpperCase()}: ${rows.toLocaleString('en')} records, ${(bytes / 1e6).toFixed(0)} MB`, '');
    const strict = measured.find(({ name }) => name.startsWith('duckdb'))?.bad ?? 0;
    const header = ['', 'rows/s', 'MB/s', 'CPU s', 'peak MB', 'refused', 'wrongly taken'];
    const body = measured.map((one) =>
      one.error
        ? [one.name, one.error.slice(0, 60)]
        : [
            one.name,
            Math.round(rate(one)).toLocaleString('en'),
            (bytes / 1e6 / one.seconds).toFixed(1),
            one.cpuSeconds.toFixed(1),
            one.peakMb.toFixed(0),
            String(one.bad),
            String(Math.max(0, strict - one.bad)),
          ],
    );
    lines.push(...aligned([header, ...body]), '');
    if (!equality) continue;
    const { different, columns, keys } = equality;
    const verdict = different.length === 0 ? 'equal' : `different in ${different.join(', ')}`;
    lines.push(`${columns} columns of ${equality.rows[1]} rows beside DuckDB's: ${verdict}; ${keys[1]} row ids`, '');
  }
  const all = targets(outcomes).map(({ set, text, wanted, got, ok }) => [
    ok ? 'pass' : 'FAIL',
    `${set}  ${text}`,
    String(wanted),
    got.toFixed(2),
  ]);
  lines.push(...aligned([['target', '', 'wanted', 'got'], ...all]), '');
  return `${lines.join('\n')}\n`;
}

function aligned(rows: string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => (row.length > 2 ? (row[at]?.length ?? 0) : 0))),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (isWord(rows, at) ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

/** a column of words stands to the left */
function isWord(rows: string[][], at: number): boolean {
  return /[a-z]{3}/i.test(rows[1]?.[at] ?? '');
}

import type { Timed } from './build.js';

const comment = /\/\*[\s\S]*?\*\//g;

/** what statements of a build have in common: dbt says each of them with other names */
const kinds: [string, RegExp][] = [
  ['begin, commit, rollback', /^(begin|commit|rollback|end)\b/],
  ['the catalog', /\b(pg_|svv_|information_schema)|^show /],
  ['create table', /^create (temp |temporary )?table/],
  ['create view', /^create (or replace )?view/],
  ['drop, rename, grant, comment', /^(drop|alter|grant|revoke|comment|create schema)/],
  ['insert, delete, merge', /^(insert|delete|update|merge)/],
  ['tests', /\bfailures\b/],
];

function kindOf(sql: string): string {
  const text = sql.replace(comment, '').trim().toLowerCase();
  return kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}

export interface Kind {
  kind: string;
  count: number;
  seconds: number;
}

export function byKind(statements: Timed[]): Kind[] {
  const found = new Map<string, Kind>();
  for (const { sql, seconds } of statements) {
    const kind = kindOf(sql);
    const one = found.get(kind) ?? { kind, count: 0, seconds: 0 };
    found.set(kind, { kind, count: one.count + 1, seconds: one.seconds + seconds });
  }
  return [...found.values()].sort((one, other) => other.seconds - one.seconds);
}

import type { Planned } from '../sql/plan-statement.js';

const objects =
  /^(create|drop|alter|refresh) (?:or replace )?(?:local )?(?:temp |temporary )?(external schema|external table|materialized view|table|view|schema|user|group|role|database|function)\b/;

/** how a statement's end is called: of SELECT, COPY and UNLOAD without a count, as Redshift does */
export function commandTag({ outline, kind, command }: Planned, own: string): string {
  if (command && !('external' in command)) return 'copy' in command ? 'COPY' : 'UNLOAD';
  if (own === 'DO') return outline.startsWith('reset') ? 'RESET' : 'SET';
  const isCounted = /^(INSERT|UPDATE|DELETE|MERGE) /.test(own);
  const words = own.replace(/ \d+$/, '');
  const [granting] = /^(grant|revoke)\b/.exec(outline) ?? [];
  if (granting) return granting.toUpperCase();
  if (kind !== 'ddl' || (words === 'SELECT' && /^(create .*\btable\b|select|with)/.test(outline)))
    return isCounted ? own : words;
  const [, verb, object] = objects.exec(outline) ?? [];
  return verb && object ? `${verb} ${object}`.toUpperCase() : words;
}

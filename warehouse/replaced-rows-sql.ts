import { ident } from './ddl.js';
import { insertFrom, names, type LoadContext } from './load-context.js';
import { literal, timestamp } from './sql.js';

/**
 * after the merge of their parents: the rows of each record that has this run's version replace those that the record had,
 * be it none; rows of this interval whose record it holds no more go too. all others belong to a version that stays
 */
export function replacedRowsStatements(load: LoadContext, parents: LoadContext): string[] {
  const { target, counts, latest } = names(load);
  const { target: known } = names(parents);
  const start = timestamp(load.run.interval.start);
  const isNew = (parent: string) => `${parent}._run_id = ${literal(load.run.runId)}`;
  const isOf = (parent: string, row: string) =>
    parents.entity.key.map((name) => `${parent}.${ident(name)} = ${row}.${ident(name)}`).join(' AND ');
  // an interval may hold two versions of a record, or one that is older than the table's
  const ofNewest = `INNER JOIN ${known} AS p ON ${isOf('p', 'n')} AND p._record = n._record AND ${isNew('p')}`;
  return [
    `INSERT INTO ${counts}
SELECT kept - matched, matched, going - matched, 'loaded'
FROM (
  SELECT
    (SELECT COUNT(*) FROM ${latest} AS n ${ofNewest}) AS kept,
    (SELECT COUNT(*) FROM ${latest} AS n ${ofNewest} INNER JOIN ${target} AS t ON t._row_id = n._row_id) AS matched,
    (
      SELECT COUNT(*)
      FROM ${target} AS t
      LEFT JOIN ${known} AS p ON ${isOf('p', 't')} AND ${isNew('p')}
      WHERE t._interval_start = ${start} OR p._row_id IS NOT NULL
    ) AS going
) AS c`,
    `DELETE FROM ${target}
USING ${known}
WHERE ${isOf(known, target)} AND ${isNew(known)}`,
    `DELETE FROM ${target}
WHERE _interval_start = ${start}`,
    `${insertFrom(load, latest)}
${ofNewest}`,
  ];
}

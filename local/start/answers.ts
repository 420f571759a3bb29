import type { Product } from './product.js';

export type Row = Record<string, unknown>;

export interface Answers {
  ledger: Row[];
  marts: { title: string; rows: Row[] }[];
}

const ledger = `
  select i.pipeline, i.runs, i.records as "records read", h.valid, h.rejected, i.ignored, h.loaded
  from (select pipeline, count(*) as runs, sum(records) as records, sum(ignored) as ignored
        from monitor_db.ingestor_executions_latest group by pipeline) i
  left join (select pipeline, sum(valid) as valid, sum(rejected) as rejected, sum(staged) as loaded
        from monitor_db.handler_executions_latest group by pipeline) h on h.pipeline = i.pipeline
  order by i.pipeline`;

const marts = [
  {
    title: 'the core that was reused most (marts.max_core_reuse)',
    sql: 'select core_id, flights, reuses from marts.max_core_reuse order by core_id limit 3',
  },
  {
    title: 'cores reused within 50 days (marts.cores_reused_within_50_days)',
    sql: 'select core_id, launch_name, previous_launch_at, launch_at, days_between from marts.cores_reused_within_50_days order by launch_at limit 5',
  },
  {
    title: 'average distance of the vehicles of an operating period (marts.average_distance_per_operating_period)',
    sql: 'select organization_id, operating_period_id, vehicles, average_distance_m from marts.average_distance_per_operating_period order by organization_id, operating_period_id limit 5',
  },
  {
    title: 'vehicles by hour (marts.vehicles_by_hour)',
    sql: 'select organization_id, hour, vehicles, locations from marts.vehicles_by_hour order by hour, organization_id limit 5',
  },
  {
    title: 'the hours with most earthquakes (marts.quakes_by_hour)',
    sql: 'select hour, quakes, max_magnitude from marts.quakes_by_hour order by quakes desc, hour limit 3',
  },
];

/** what the ledger and the marts say, asked through the Data API as everyone asks */
export async function readAnswers(product: Product): Promise<Answers> {
  const query = async (sql: string) => {
    const { code, result, said } = await product.run(['query', sql.replace(/\s+/g, ' ').trim(), '--json']);
    if (code !== 0 || !Array.isArray(result)) throw new Error(said.at(-1) ?? 'the query gave no rows');
    return result as Row[];
  };
  const [ledgerRows, ...martRows] = await Promise.all([
    query(ledger),
    ...marts.map(({ sql }) => query(sql).catch((error: unknown) => [{ error: String(error) }])),
  ]);
  return { ledger: ledgerRows ?? [], marts: marts.map(({ title }, index) => ({ title, rows: martRows[index] ?? [] })) };
}

import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type Field,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';

export type Row = Record<string, string | number | boolean | null>;

export interface Answers {
  ledger: Row[];
  marts: { title: string; rows: Row[] }[];
}

const ledger = `
  select i.pipeline, i.runs, i.records as "records read", h.valid, h.rejected + i.unparseable as rejected, i.ignored, h.loaded
  from (select pipeline, count(*) as runs, sum(records) as records, sum(ignored) as ignored, sum(unparseable) as unparseable
        from monitor_db.ingestor_executions_latest group by pipeline) i
  left join (select pipeline, sum(valid) as valid, sum(rejected) as rejected, sum(staged) as loaded
        from monitor_db.handler_executions_latest group by pipeline) h on h.pipeline = i.pipeline
  order by i.pipeline`;

const marts = [
  {
    pipeline: 'spacex',
    title: 'the core that was reused most (marts.max_core_reuse)',
    sql: 'select core_id, flights, reuses from marts.max_core_reuse order by core_id limit 3',
  },
  {
    pipeline: 'spacex',
    title: 'cores reused within 50 days (marts.cores_reused_within_50_days)',
    sql: 'select core_id, launch_name, previous_launch_at, launch_at, days_between from marts.cores_reused_within_50_days order by launch_at limit 5',
  },
  {
    pipeline: 'door2door',
    title: 'average distance in an operating period (marts.average_distance_per_operating_period)',
    sql: 'select organization_id, operating_period_id, vehicles, average_distance_m from marts.average_distance_per_operating_period order by organization_id, operating_period_id limit 5',
  },
  {
    pipeline: 'door2door',
    title: 'vehicles by hour (marts.vehicles_by_hour)',
    sql: 'select organization_id, hour, vehicles, locations from marts.vehicles_by_hour order by hour, organization_id limit 5',
  },
  {
    pipeline: 'earthquakes',
    title: 'the hours with most earthquakes (marts.quakes_by_hour)',
    sql: 'select hour, quakes, max_magnitude from marts.quakes_by_hour order by quakes desc, hour limit 3',
  },
];

/**
 * what the ledger and the marts say, asked through the Data API as everyone asks: the marts of pipelines
 * that have loaded, and one that is not there says so
 */
export async function readAnswers(environment: Record<string, string>): Promise<Answers> {
  const client = new RedshiftDataClient({
    endpoint: environment['AWS_ENDPOINT_URL_REDSHIFT_DATA'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  const where = {
    WorkgroupName: environment['WATERCLOCK_REDSHIFT_WORKGROUP'],
    Database: environment['WATERCLOCK_REDSHIFT_DATABASE'],
  };

  async function query(sql: string): Promise<Row[]> {
    const { Id } = await client.send(new ExecuteStatementCommand({ ...where, Sql: sql }));
    for (;;) {
      const { Status, Error: error } = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 10 }));
      if (Status === 'FAILED' || Status === 'ABORTED') throw new Error(error ?? Status);
      if (Status === 'FINISHED') break;
    }
    const { Records = [], ColumnMetadata = [] } = await client.send(new GetStatementResultCommand({ Id }));
    return Records.map((record) =>
      Object.fromEntries(
        record.map((field, index) => [ColumnMetadata[index]?.name ?? `column ${index}`, value(field)]),
      ),
    );
  }

  try {
    const ledgerRows = await query(ledger);
    const loaded = new Set(ledgerRows.map((row) => row['pipeline']));
    const answers = marts
      .filter(({ pipeline }) => loaded.has(pipeline))
      .map(async ({ title, sql }) => ({
        title,
        rows: await query(sql).catch((error: unknown) => [{ error: String(error) }]),
      }));
    return { ledger: ledgerRows, marts: await Promise.all(answers) };
  } finally {
    client.destroy();
  }
}

function value({ stringValue, longValue, doubleValue, booleanValue }: Field): Row[string] {
  return stringValue ?? longValue ?? doubleValue ?? booleanValue ?? null;
}

import { ident } from '../schema/ddl.js';

const ledger = {
  ingestor_executions: {
    columns: `workflow_id VARCHAR(256) NOT NULL, run_id VARCHAR(64) NOT NULL, pipeline VARCHAR(64) NOT NULL,
      interval_start TIMESTAMP NOT NULL, interval_end TIMESTAMP NOT NULL, "trigger" VARCHAR(16) NOT NULL,
      files BIGINT, records BIGINT, ignored BIGINT, dropped BIGINT, unparseable BIGINT, bytes BIGINT, manifest VARCHAR(1024),
      status VARCHAR(16) NOT NULL, started_at TIMESTAMP, finished_at TIMESTAMP, error VARCHAR(4096)`,
    latestOf: 'pipeline, interval_start',
  },
  handler_executions: {
    columns: `workflow_id VARCHAR(256) NOT NULL, run_id VARCHAR(64) NOT NULL, pipeline VARCHAR(64) NOT NULL,
      entity VARCHAR(64) NOT NULL, interval_start TIMESTAMP NOT NULL, interval_end TIMESTAMP NOT NULL,
      valid BIGINT, rejected BIGINT, staged BIGINT, inserted BIGINT, updated BIGINT, deleted BIGINT,
      status VARCHAR(16) NOT NULL, started_at TIMESTAMP, finished_at TIMESTAMP, error VARCHAR(4096)`,
    latestOf: 'pipeline, entity, interval_start',
  },
  run_executions: {
    columns: `workflow_id VARCHAR(256) NOT NULL, run_id VARCHAR(64) NOT NULL, pipeline VARCHAR(64) NOT NULL,
      interval_start TIMESTAMP NOT NULL, interval_end TIMESTAMP NOT NULL, due_at TIMESTAMP, "trigger" VARCHAR(16) NOT NULL,
      status VARCHAR(16) NOT NULL, failed_step VARCHAR(128), late BOOLEAN, started_at TIMESTAMP, finished_at TIMESTAMP`,
    latestOf: 'pipeline, interval_start',
  },
};

/** schemas and ledger, each statement on its own and safe to repeat */
export function bootstrapStatements(pipelines: string[]): string[] {
  const schemas = ['stage', 'monitor_db', ...pipelines].map((name) => `CREATE SCHEMA IF NOT EXISTS ${ident(name)}`);
  const tables = Object.entries(ledger).flatMap(([name, { columns, latestOf }]) => [
    `CREATE TABLE IF NOT EXISTS monitor_db.${name} (${columns.replace(/\s+/g, ' ')})`,
    `CREATE OR REPLACE VIEW monitor_db.${name}_latest AS SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY ${latestOf} ORDER BY finished_at DESC, run_id DESC) AS recency FROM monitor_db.${name}) AS ranked WHERE recency = 1`,
  ]);
  return [...schemas, ...tables];
}

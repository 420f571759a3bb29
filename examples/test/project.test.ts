import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { dbtSource } from './support/dbt-source.js';
import project from '../waterclock.config.js';

const { pipelines } = project;
const staging = fileURLToPath(new URL('../dbt/models/staging', import.meta.url));

// a new pipeline has no models yet
test.each(pipelines.filter(({ dbtSelect }) => dbtSelect !== undefined))(
  'the dbt source of $name is what its definition says: waterclock schema --write-dbt-sources',
  (pipeline) => {
    expect(readFileSync(`${staging}/${pipeline.name}/sources.yml`, 'utf8')).toBe(dbtSource(pipeline));
  },
);

test.each(pipelines)('every column of $name is described', ({ entities }) => {
  for (const { plan } of entities) {
    for (const { name, description } of plan.columns) expect(description, `${plan.name}.${name}`).toBeTruthy();
  }
});

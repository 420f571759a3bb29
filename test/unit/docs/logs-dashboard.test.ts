import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { DbtResult } from '../../../model/dbt.js';
import { fieldsOf, logsDashboard, logsQueries } from '../../support/logs-dashboard.js';

test('panels about builds ask for what the activity logs', () => {
  const source = readFileSync('activities/dbt-build.ts', 'utf8');
  const [, logged = ''] = /log\.info\('dbt built', \{(.+?)\}\)/.exec(source) ?? [];
  const failure: DbtResult['failures'][number] = { name: 'a', message: 'b' };
  const known = new Set([
    ...logged.split(',').map((part) => part.split(':')[0]?.trim()),
    ...Object.keys(failure),
    'level',
    'message',
  ]);
  const queries = logsQueries.filter((expression) => /dbt built|buildId/.test(expression));
  expect(queries).toHaveLength(2);
  expect(queries.flatMap(fieldsOf).filter((name) => !known.has(name))).toEqual([]);
});

test('every panel asks the log groups and the run that are chosen above it', () => {
  const variables = logsDashboard.templating.list.map(({ name }) => name);
  expect(variables).toEqual(['datasource', 'log_groups', 'run']);
  const used = [...JSON.stringify(logsDashboard.panels).matchAll(/\$\{?([a-z_]+)/g)].map(([, name]) => name);
  expect(new Set(used)).toEqual(new Set(variables));
});

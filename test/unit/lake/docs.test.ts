import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { closedKey } from '../../../model/closed-run.js';
import { keys } from '../../../model/keys.js';

const page = readFileSync('docs/lake.md', 'utf8');
const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const run = { pipeline: '<pipeline>', interval, workflowId: '', runId: '<run id>', trigger: 'manual' as const };

test.each([
  keys.rawPart(run, 0, '<extension>'),
  keys.stagePart(run, '<entity>', 0, 0),
  keys.rejectedPart(run, 0),
  keys.processedPart(run, '<entity>', 0, 0),
  keys.joinedPart(keys.processedFolder(run, '<entity>'), 0),
  keys.plan(run, '<hash>'),
  keys.step(run, '<step>'),
  keys.watchState('<pipeline>'),
  keys.closedSince('<pipeline>'),
  keys.watchList('<pipeline>', '<look>', 'late'),
  keys.dbtArtifact('<build>', '<file>'),
])('the page of the lake has the key %s', (key) => {
  expect(page).toContain(`\`${key.replace('dt=2022-11-24/hr=10', '<interval>').replaceAll('00000', '<n>')}\``);
});

test('the page of the lake has the key of a run that ended', () => {
  const closed = { ...interval, finishedAt: '2022-11-24T11:05:00Z', status: 'completed' as const, runId: '<run id>' };
  const key = closedKey('<pipeline>', closed)
    .replace('20221124T100000Z', '<start>')
    .replace('20221124T110000Z', '<end>')
    .replace('20221124T110500.000Z', '<finished>')
    .replace('completed', '<status>');
  expect(page).toContain(`\`${key}\``);
});

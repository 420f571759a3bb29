import { readdirSync, readFileSync } from 'node:fs';
import { Worker, type WorkflowBundle } from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { bundleWorkflows } from '../support/bundle-workflows.js';

const folder = new URL('../histories/', import.meta.url);

let workflowBundle: WorkflowBundle;
beforeAll(async () => {
  workflowBundle = await bundleWorkflows();
});

test('the bundle holds what workflows may see, and nothing that is heavy or not deterministic', () => {
  expect(workflowBundle.code).not.toMatch(/node_modules\/(zod|apache-arrow|@aws-sdk)\//);
  expect(workflowBundle.code).toContain('pipelineRun');
});

interface StoredHistory {
  events: {
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
    workflowExecutionStartedEventAttributes?: { workflowId?: string };
  }[];
}

const stored = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as StoredHistory;

test.each(readdirSync(folder))('%s, recorded earlier, replays with the workflows of today', async (file) => {
  const history = stored(file);
  // what a run raises carries its name
  const id = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  await Worker.runReplayHistory({ workflowBundle }, history, id);
});

test('a workflow that takes other steps does not replay', async () => {
  const history = stored('run-with-retries-and-dbt.json');
  const steps = history.events.map((event) => event.activityTaskScheduledEventAttributes?.activityType);
  const extract = steps.find((step) => step?.name === 'extract');
  if (extract) extract.name = 'copy';
  await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow(/[Nn]ondeterminism/);
});

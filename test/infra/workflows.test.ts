import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

interface Job {
  uses?: string;
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  steps?: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

const folder = '.github/workflows';
const workflows = readdirSync(folder).map((file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  return {
    file,
    text,
    workflow: parse(text) as { permissions?: unknown; concurrency?: unknown; on: object; jobs: Record<string, Job> },
  };
});
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ where: `${file}: ${name}`, job })),
);
const steps = jobs.flatMap(({ where, job }) =>
  (job.steps ?? []).map((step, at) => ({ where: `${where}, step ${at + 1}`, step })),
);
const action = steps.filter(({ step }) => step.uses);

test.each(action)('$where uses an action by its commit, and says which release that is', ({ step }) => {
  expect(step.uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  const lines = workflows.flatMap(({ text }) => text.split('\n').filter((line) => line.includes(step.uses ?? '')));
  for (const line of lines) expect(line).toMatch(/# v\d+\.\d+\.\d+$/);
});

test.each(workflows)('$file may read the repository, and nothing else unless a job says so', ({ workflow }) => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
});

test.each(jobs)('$where asks for no more than to read, and to show AWS who it is', ({ job }) => {
  const asked = Object.entries(job.permissions ?? {}).map(([name, level]) => `${name}: ${level}`);
  for (const one of asked) expect(['contents: read', 'id-token: write']).toContain(one);
  if (!job.uses) expect(job['timeout-minutes']).toBeGreaterThan(0);
});

test.each(workflows.filter(({ workflow }) => !('workflow_call' in workflow.on)))(
  '$file says what may run beside it',
  ({ workflow }) => {
    expect(workflow.concurrency).toHaveProperty('group');
  },
);

test.each(steps.filter(({ step }) => step.run))(
  'the script of $where has no expression in it: a title or a branch could be a command',
  ({ step }) => {
    expect(step.run).not.toContain('${{');
  },
);

test('a checkout leaves no credentials behind', () => {
  const checkouts = action.filter(({ step }) => step.uses?.startsWith('actions/checkout@'));
  expect(checkouts.length).toBeGreaterThan(3);
  for (const { step } of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false });
});

test('no long-lived key of AWS is used', () => {
  for (const { text } of workflows) expect(text).not.toMatch(/secrets\.AWS|aws-access-key-id|aws-secret-access-key/);
});

const go = ['/usr/local/go/bin/go', '/usr/bin/go'].find((path) => existsSync(path)) ?? '/usr/bin/go';

test.skipIf(!existsSync(go))(`actionlint finds nothing (skipped without ${go})`, { timeout: 300_000 }, () => {
  const bin = mkdtempSync(join(tmpdir(), 'waterclock-actionlint-'));
  const env = {
    ...process.env,
    GOBIN: bin,
    GOFLAGS: '-buildvcs=false',
    PATH: `${join(go, '..')}${delimiter}${process.env['PATH']}`,
  };
  execFileSync(go, ['install', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.7'], { env, stdio: 'pipe' });
  const files = workflows.map(({ file }) => join(folder, file));
  const found = execFileSync(join(bin, 'actionlint'), ['-no-color', ...files], { encoding: 'utf8', stdio: 'pipe' });
  expect(found).toBe('');
});

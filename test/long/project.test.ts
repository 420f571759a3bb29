import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Program } from '../support/clone.js';
import { ownProject, type OwnProject } from '../support/own-project.js';

let project: OwnProject;
beforeAll(async () => {
  project = await ownProject();
}, 60_000);
afterAll(() => project?.remove());

async function ended(program: Program): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const code = await program.ended;
  return { code, output: program.output() };
}
const waterclock = (...words: string[]) => ended(project.waterclock(...words));

const definition = 'pipelines/orders/definition.ts';
const sample = 'pipelines/orders/sample/items.json';

test('waterclock test holds the rows of the warehouse to the files of the project', { timeout: 600_000 }, async () => {
  const updated = await waterclock('test', '--update');
  expect(updated.output).toContain('written    test/expected/orders.orders.json');
  expect(updated.code).toBe(0);
  expect(project.read('test/expected/orders.orders.json')).toBe(`{
  "count": 3,
  "rows": [
    {"id":"a1","updated_at":"2022-11-24 10:05:00","amount":12.5},
    {"id":"a2","updated_at":"2022-11-24 10:45:00","amount":null},
    {"id":"a3","updated_at":"2022-11-24 11:00:00","amount":null}
  ]
}
`);

  project.edit(sample, '12.5', '13.5');
  const differing = await waterclock('test', '--pipeline', 'orders');
  expect(differing.output).toContain('~ id="a1": amount 12.5 -> 13.5');
  expect(differing.output).toContain('expected   1 of 2 files as expected');
  expect(differing.code).toBe(1);
  project.edit(sample, '13.5', '12.5');

  const right = await waterclock('test', '--json');
  const json = JSON.parse(right.output.split('\n').find((line) => line.startsWith('{')) ?? '') as unknown;
  expect(json).toMatchObject({ ok: true, definitions: ['orders'], problems: [] });
  expect(right.code).toBe(0);
  // nothing of the stacks is left
  expect(readdirSync(join(project.folder, '.waterclock', 'tests'))).toEqual([]);
});

test('a wrong definition ends it before a stack is started, and a name that is none is a usage error', async () => {
  project.edit(definition, "at: 'items'", "at: 'itemz'");
  const wrong = await waterclock('test');
  expect(wrong.output).toMatch(/orders: pipeline orders: its sample .*'itemz'/);
  expect(wrong.output).not.toContain('stack: starting');
  expect(wrong.code).toBe(1);
  project.edit(definition, "at: 'itemz'", "at: 'items'");
  const unknown = await waterclock('test', '--pipeline', 'orderz');
  expect(unknown.output).toContain("no pipeline is named 'orderz' (known: orders)");
  expect(unknown.code).toBe(2);
});

test(
  'waterclock start takes what is saved, and keeps what it has when that does not load',
  { timeout: 600_000 },
  async () => {
    project.write('.env', 'WATERCLOCK_ALERT_WEBHOOK_URL=http://127.0.0.1:1/\nTEMPORAL_NAMESPACE=other\n');
    const stack = project.waterclock('start');
    const says = (text: string) => expect.poll(() => stack.output(), { timeout: 120_000 }).toContain(text);
    try {
      await says('Ctrl-C stops everything');
      expect(stack.output()).toContain('settings   taken: WATERCLOCK_ALERT_WEBHOOK_URL');
      expect(stack.output()).toMatch(/settings {3}ignored, since the embedded stack has its own: .*TEMPORAL_NAMESPACE/);
      expect(stack.output()).toMatch(/main job {3}orders 2\/2.*\(simulated\)/);

      project.edit(definition, "deadline: '30 minutes'", "deadline: 'soon'");
      await says(`not taken  ${definition}: `);
      project.edit(definition, "deadline: 'soon'", "deadline: '40 minutes'");
      await says(`taken      ${definition}: a new worker has the definitions (orders)`);
      project.edit(sample, '12.5', '99.5');
      await says(`taken      ${sample}: the embedded upstream serves it`);

      const run = await waterclock('run', 'orders', '--interval', '2022-11-24T10:00Z', '--force', '--wait');
      expect(run.output).toContain('completed orders-2022-11-24T11:00:00Z');
      expect(run.output).not.toContain('is not the one of this project');
      const other = project.copy();
      other.edit(definition, "deadline: '40 minutes'", "deadline: '50 minutes'");
      const shown = await waterclock('show', 'orders-2022-11-24T11:00:00Z', '--project', other.folder);
      expect(shown.output).toContain("the worker's definition of orders is not the one of this project");
      const doctor = await waterclock('doctor', '--project', other.folder, '--with-sample');
      expect(doctor.output).toContain('the workers have others of orders');
      expect(doctor.output).toContain('orders-2022-11-24T11:00:00Z is loaded already');
      other.remove();
      const asked = await waterclock('query', "select amount from orders.orders where id = 'a1'", '--json');
      expect(asked.output).toContain('99.5');
      project.write('package.json', project.read('package.json').replace('platform', 'platform-2'));
      await says('not taken  package.json: the next start does, stop this one with Ctrl-C');
    } finally {
      stack.child.kill('SIGINT');
      await stack.ended;
    }
    expect(existsSync(join(project.folder, '.waterclock', 'running.json'))).toBe(false);
  },
);

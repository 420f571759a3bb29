import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment, cloneProgram, type Clone, runProgram } from '../support/clone.js';
import { npmStart, resultsOf } from '../support/npm-start.js';

let clone: Clone;
beforeAll(() => {
  clone = cloneProgram();
});
afterAll(() => clone.remove());

test('another project, of one new pipeline: its own rows, and a state of its own', async () => {
  const project = join(clone.root, 'other');
  mkdirSync(project);
  writeFileSync(
    join(project, 'waterclock.config.ts'),
    "import { defineProject } from 'waterclock';\n\nexport default defineProject({ pipelines: [] });\n",
  );
  const made = runProgram('npx', ['waterclock', 'new', 'orders', '--project', project], clone.root, cleanEnvironment());
  expect(await made.ended, made.output()).toBe(0);
  const output = await npmStart(clone.root, '--project', 'other');
  expect(output).toContain('main job   orders 2/2 (simulated)');
  expect(resultsOf(output, 'orders ')).toEqual(['orders (simulated)', '2', '4', '3', '0', '0', '3']);
});

test('a task with an image runs on the local ECS, in the folder of the project', async () => {
  const project = join(clone.root, 'contained');
  mkdirSync(project);
  writeFileSync(
    join(project, 'etl.sh'),
    'echo "begins with $TOKEN"; [ "$TOKEN" = planted ] && [ -n "$AWS_ENDPOINT_URL_S3" ] && echo "$WATERCLOCK_RAW_PREFIX"\n',
  );
  writeFileSync(join(project, '.env'), 'ETL_TOKEN=planted\n');
  writeFileSync(
    join(project, 'waterclock.config.ts'),
    `import { defineEntity, definePipeline, defineProject, secret, task } from 'waterclock';
import { z } from 'zod';

const rows = defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string() }) });
export default defineProject({
  pipelines: [
    definePipeline({
      name: 'etl',
      description: 'a container',
      schedule: { every: '1 day' },
      source: task({
        image: 'registry.example.com/etl:1',
        command: ['sh', 'etl.sh'],
        environment: { TOKEN: secret('ETL_TOKEN') },
        snapshot: true,
      }),
      entities: [rows],
    }),
  ],
});
`,
  );
  const { child, output, ended } = runProgram(
    'npm',
    ['start', '--', '--project', 'contained', '--live'],
    clone.root,
    cleanEnvironment(),
  );
  await expect.poll(output, { timeout: 120_000 }).toContain('Web UI');
  child.kill('SIGINT');
  await ended;
  expect(output()).toMatch(/main job {3}etl 1\/1/);
});

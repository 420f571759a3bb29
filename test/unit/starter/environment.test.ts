import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deploymentEnvironment, stateFolderOf } from '../../../control/environment.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wc-environment-'));
  mkdirSync(join(root, '.waterclock'));
  mkdirSync(join(root, 'pipelines', 'catalog'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

const running = (stack: unknown) =>
  writeFileSync(join(root, '.waterclock', 'running.json'), typeof stack === 'string' ? stack : JSON.stringify(stack));
const environment = { TEMPORAL_ADDRESS: '127.0.0.1:7243', AWS_ACCESS_KEY_ID: 'local', NO_PROXY: 'corp,127.0.0.1' };

test('the running stack is found from a folder below, and from elsewhere', () => {
  running({ environment });
  expect(deploymentEnvironment({}, join(root, 'pipelines', 'catalog'), root)).toMatchObject(environment);
  expect(deploymentEnvironment({}, tmpdir(), root)).toMatchObject(environment);
});

test("the process's own environment wins, except for how the stack is reached", () => {
  running({ environment: { ...environment, WATERCLOCK_TASK_QUEUE: 'waterclock' } });
  const own = { WATERCLOCK_TASK_QUEUE: 'mine', AWS_ACCESS_KEY_ID: 'corporate', AWS_PROFILE: 'work', NO_PROXY: 'corp' };
  expect(deploymentEnvironment(own, root, root)).toEqual({
    ...environment,
    WATERCLOCK_TASK_QUEUE: 'mine',
    AWS_PROFILE: '',
  });
});

test('an environment that names a deployment is taken alone', () => {
  running({ environment });
  const own = { TEMPORAL_ADDRESS: 'prod:7233' };
  expect(deploymentEnvironment(own, root, root)).toBe(own);
});

test('no stack is exit 3 with the remedy', () => {
  expect(() => deploymentEnvironment({}, root, root)).toThrow(
    expect.objectContaining({ exitCode: 3, message: expect.stringContaining('no stack is running here: `npm start`') }),
  );
});

test('what a killed supervisor left is no stack', () => {
  running({ environment, services: [{ name: 'temporal', pid: 2 ** 22 + 1 }] });
  expect(() => deploymentEnvironment({}, root, root)).toThrow('no stack is running here');
});

test('a broken file is named', () => {
  running('{');
  expect(() => deploymentEnvironment({}, root, root)).toThrow('running.json does not describe a stack');
});

test('states lie beside the package.json that names the project, whichever folder a command is run in', () => {
  const project = join(root, 'examples');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{}');
  expect(stateFolderOf(project)).toBe(join(project, '.waterclock'));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ waterclock: { project: 'examples' } }));
  expect(stateFolderOf(project)).toBe(join(root, '.waterclock'));
});

test("a team's project has its running stack beside its own package.json", () => {
  const project = mkdtempSync(join(tmpdir(), 'wc-project-'));
  writeFileSync(join(project, 'package.json'), '{}');
  writeFileSync(join(project, 'waterclock.config.ts'), '');
  mkdirSync(join(project, '.waterclock'));
  mkdirSync(join(project, 'infra'));
  writeFileSync(join(project, '.waterclock', 'running.json'), JSON.stringify({ environment }));
  expect(deploymentEnvironment({}, join(project, 'infra'), root)).toMatchObject(environment);
  rmSync(project, { recursive: true });
});

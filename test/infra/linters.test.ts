import { execFile } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { pythonVenv } from '../../local/setup/python-venv.mjs';

// what accepts a finding says why: .hadolint.yaml, .github/zizmor.yml

let programs = '';
beforeAll(async () => {
  programs = dirname(await pythonVenv('infra', process.env));
}, 300_000);

async function run(program: string, ...words: string[]): Promise<string> {
  type Said = { stdout: string; stderr: string; code?: number | string };
  const said: Said = await promisify(execFile)(program, words, { encoding: 'utf8' }).catch((failed: Said) => failed);
  const { stdout, stderr, code = 0 } = said;
  return code === 0 ? 'well' : `${code} ${stdout}${stderr}`;
}

test('zizmor finds nothing in the workflows of GitHub', async () => {
  expect(await run(join(programs, 'zizmor'), '--offline', '--no-progress', '.github/workflows')).toBe('well');
});

const templates = 'starter/templates/project';
const dockerfiles = ['Dockerfile', 'infra/image/deploy.Dockerfile', `${templates}/Dockerfile`];

test.each(dockerfiles)('hadolint finds nothing in %s', async (file) => {
  expect(await run(join(programs, 'hadolint'), '--config', '.hadolint.yaml', file)).toBe('well');
});

test('the Dockerfiles that are looked at are all there are', () => {
  const folders = ['.', 'infra/image', templates];
  const found = folders.flatMap((folder) =>
    readdirSync(folder).flatMap((file) => (file.endsWith('Dockerfile') ? join(folder, file) : [])),
  );
  expect(found).toEqual(dockerfiles);
});

// of Debian's package prometheus: no registry of Python or npm has it
const promtool = '/usr/bin/promtool';

test.skipIf(!existsSync(promtool))(
  `alerts of a server of a team fire as their tests say (skipped without ${promtool})`,
  async () => {
    expect(await run(promtool, 'test', 'rules', 'infra/prometheus/alerts.test.yml')).toBe('well');
    expect(await run(promtool, 'check', 'config', 'infra/prometheus/prometheus.yml')).toBe('well');
  },
);

test('every alert has a test that it fires, and is silent before', () => {
  const rules = readFileSync('infra/prometheus/alerts.yml', 'utf8');
  const { tests } = parse(readFileSync('infra/prometheus/alerts.test.yml', 'utf8')) as {
    tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
  };
  const cases = tests.flatMap(({ alert_rule_test: cases }) => cases);
  const named = (isFiring: boolean) =>
    new Set(cases.flatMap((one) => (one.exp_alerts.length > 0 === isFiring ? [one.alertname] : [])));
  const alerts = new Set([...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name));
  expect(named(true)).toEqual(alerts);
  expect(named(false)).toEqual(alerts);
});

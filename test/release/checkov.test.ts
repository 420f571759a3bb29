import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { environment, names } from '../infra/templates.js';

interface Finding {
  check_id: string;
  check_name: string;
  file_path: string;
  resource: string;
}

type Report = { results: { failed_checks: Finding[] }; summary: { parsing_errors: number } };

const { framework, 'skip-check': accepted } = parse(readFileSync('infra/checkov.yaml', 'utf8')) as {
  framework: string[];
  'skip-check': string[];
};

// these must be found: a checkov that says nothing would pass for a clean result
const planted = { Resources: { Open: { Type: 'AWS::S3::Bucket', Properties: { AccessControl: 'PublicRead' } } } };
const plantedFile = 'planted.template.json';

const folder = mkdtempSync(join(tmpdir(), 'wc-checkov-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let findings: Finding[];

beforeAll(async () => {
  const checkov = join(dirname(await pythonVenv('checkov', process.env)), 'checkov');
  for (const name of names) {
    const from = environment(name).folder;
    for (const file of readdirSync(from).filter((one) => one.endsWith('.template.json'))) {
      cpSync(join(from, file), join(folder, file));
    }
  }
  writeFileSync(join(folder, plantedFile), JSON.stringify(planted));
  const files = [
    'docker-compose.yml',
    '.env.example',
    'Dockerfile',
    'infra/image/deploy.Dockerfile',
    'starter/templates/project/Dockerfile',
    ...readdirSync('.github/workflows').map((file) => join('.github/workflows', file)),
    ...readdirSync('infra/compose').map((file) => join('infra/compose', file)),
    ...readdirSync(folder).map((file) => join(folder, file)),
  ];
  // everything, accepted or not: what is accepted must still be there to be found
  const options = ['--framework', ...framework, '--output', 'json', '--compact', '--quiet', '--skip-download'];
  const { stdout } = await promisify(execFile)(checkov, [...options, '--soft-fail', '--file', ...files], {
    maxBuffer: 64 << 20,
    env: { ...process.env, LOG_LEVEL: 'ERROR' },
  });
  const reports = [JSON.parse(stdout) as Report | Report[]].flat();
  expect(reports.map(({ summary }) => summary.parsing_errors)).toEqual(reports.map(() => 0));
  findings = reports.flatMap(({ results }) => results.failed_checks);
}, 600_000);

const isPlanted = ({ file_path: path }: Finding) => path.endsWith(plantedFile);

test('a bucket that everybody reads is found', () => {
  expect(findings.filter(isPlanted).map(({ check_id: id }) => id)).toContain('CKV_AWS_20');
});

test('checkov finds nothing in templates, images, workflows and compose but what infra/checkov.yaml accepts', () => {
  const others = findings.filter((one) => !isPlanted(one) && !accepted.includes(one.check_id));
  expect(others.map((one) => `${one.check_id} ${one.check_name}: ${one.file_path} ${one.resource}`)).toEqual([]);
});

test('what is accepted is found still', () => {
  const found = new Set(findings.filter((one) => !isPlanted(one)).map(({ check_id: id }) => id));
  expect(accepted.filter((id) => !found.has(id))).toEqual([]);
});

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { findGo } from './programs.js';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'waterclock-eksctl-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** of the schema that eksctl itself checks with */
const eksctl = 'github.com/weaveworks/eksctl@v0.215.0';
const schemaFile = 'pkg/apis/eksctl.io/v1alpha5/assets/schema.json';
const validate = 'import json, sys, jsonschema; jsonschema.validate(*[json.load(open(path)) for path in sys.argv[1:]])';

test('the cluster of docs/deploy.md is one that eksctl takes', { timeout: 240_000 }, async () => {
  const { stdout } = await run(await findGo(), ['mod', 'download', '-json', eksctl], { cwd: folder });
  const schema = join((JSON.parse(stdout) as { Dir: string }).Dir, schemaFile);
  const python = await pythonVenv('helm', process.env);
  const check = (config: object) => {
    const file = join(folder, 'cluster.json');
    writeFileSync(file, JSON.stringify(config));
    return run(python, ['-c', validate, file, schema]);
  };
  const config = parse(readFileSync('infra/helm/eks/cluster.yaml', 'utf8')) as object;
  await check(config);
  await expect(check({ ...config, managedNodeGroup: [] })).rejects.toThrow('managedNodeGroup');
});

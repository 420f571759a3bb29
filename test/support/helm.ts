import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { pythonVenv } from '../../local/setup/python-venv.mjs';

const chart = 'infra/helm/waterclock';

export interface Rendered {
  kind: string;
  apiVersion: string;
  metadata: { name: string; namespace?: string; annotations?: Record<string, string>; labels?: Record<string, string> };
  spec?: Record<string, unknown>;
  data?: Record<string, string>;
  rules?: object[];
  subjects?: object[];
  automountServiceAccountToken?: boolean;
}

/** path of the program */
export async function findHelm(): Promise<string> {
  const programs = dirname(await pythonVenv('helm', process.env));
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'helm'));
  const helm = [join(programs, 'helm'), ...onPath].find((path) => existsSync(path));
  if (!helm) throw new Error('helm is not on PATH: install it, its package from PyPI is of Linux on x86-64 alone');
  return helm;
}

/** Helm, and what validates by the schemas of Kubernetes */
export async function helmTools() {
  const programs = dirname(await pythonVenv('helm', process.env));
  const helm = await findHelm();
  const run = promisify(execFile);
  return {
    /** throws with what Helm says */
    async template(...words: string[]): Promise<{ text: string; objects: Rendered[] }> {
      const given = ['template', 'prod', chart, '--namespace', 'data', ...words];
      const { stdout } = await run(helm, given, { maxBuffer: 64 * 1024 * 1024 });
      return { text: stdout, objects: parseAllDocuments(stdout).map((document) => document.toJS() as Rendered) };
    },
    lint: (...words: string[]) => run(helm, ['lint', chart, '--strict', ...words]),
    /** lines that are not a pass; `version` of Kubernetes: `1.37` */
    async invalid(file: string, version: string): Promise<string[]> {
      const given = ['--strict', '--kubernetes-version', version, file];
      type Said = { stdout: string; stderr: string };
      const { stdout, stderr } = await run(join(programs, 'kubernetes-validate'), given).catch(
        (failed: Said) => failed,
      );
      return `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !line.startsWith('INFO'));
    },
  };
}

import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import type { KubeApi, KubeObject } from './api.js';

interface Operator {
  /** with its version */
  module: string;
  sum: string;
  folder: string;
  definitions: string[];
}

/** whose objects the chart can make */
const operators = JSON.parse(readFileSync(join(import.meta.dirname, 'go/operators.json'), 'utf8')) as Operator[];

/** takes the definitions of their objects out of the sources of the operators */
export async function copyDefinitions(go: string, cwd: string, folder: string): Promise<void> {
  mkdirSync(folder);
  for (const operator of operators) {
    const { stdout } = await promisify(execFile)(go, ['mod', 'download', '-json', operator.module], { cwd });
    const { Dir: sources, Sum: sum } = JSON.parse(stdout) as { Dir: string; Sum: string };
    if (sum !== operator.sum) throw new Error(`${operator.module} is ${sum}, and not ${operator.sum}`);
    for (const file of operator.definitions) copyFileSync(join(sources, operator.folder, file), join(folder, file));
  }
}

/** so that the server takes and checks their objects; the operators themselves do not run */
export async function installDefinitions(api: KubeApi, folder: string): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const files = readdirSync(folder);
  for (const file of files) await api.create(path, parse(readFileSync(join(folder, file), 'utf8')) as KubeObject);
  const isServed = async () =>
    (await api.list(path)).filter(({ status }) =>
      (status?.['conditions'] as { type: string; status: string }[] | undefined)?.some(
        ({ type, status }) => type === 'Established' && status === 'True',
      ),
    ).length === files.length;
  while (!(await isServed())) await sleep(200);
}

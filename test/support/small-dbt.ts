import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inject } from 'vitest';
import './provided.js';

/** a dbt project of a few files, in a folder of its own, and dbt as it comes */
export function smallDbt() {
  const folder = mkdtempSync(join(tmpdir(), 'small-dbt-'));
  return {
    folder,
    write(files: Record<string, string>): void {
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        // as it is indented in the test
        writeFileSync(join(folder, name), text.replaceAll(/\n {6}/g, '\n').trimStart());
      }
    },
    async dbt(...words: string[]): Promise<{ code: number; told: string }> {
      const places = ['--project-dir', folder, '--profiles-dir', folder, '--no-use-colors'];
      const child = spawn(inject('stack').tools.dbt, [...words, ...places], {
        env: { PATH: process.env['PATH'], HOME: folder, NO_PROXY: '127.0.0.1', DBT_VERSION_CHECK: 'false' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let told = '';
      child.stdout.on('data', (chunk: Buffer) => (told += chunk.toString()));
      const [code] = (await once(child, 'close')) as [number];
      return { code, told };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

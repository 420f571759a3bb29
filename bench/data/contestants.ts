import { join } from 'node:path';
import { workerMemory } from '../../local/worker-memory.js';

export interface Contestant {
  name: string;
  command: string[];
  env?: Record<string, string>;
}

export interface Places {
  root: string;
  /** data/ and out/ lie beside it */
  cwd: string;
  python: string;
  /** path of a data set */
  data: (set: string) => string;
  out: (name: string) => string;
}

const tsx = [process.execPath, '--no-warnings', '--import', 'tsx'];
/** as worker/threads.ts sets the service's threads */
const asThread = ['--no-allocation-site-pretenuring', '--max-semi-space-size=4'];

/** this service, then its peers: same input, same work, each in a process of its own */
export function contestants(set: string, { root, python, data, out }: Places): Contestant[] {
  const peer = (name: string, label: string): Contestant => ({
    name: label,
    command: [python, join(root, 'bench/peers/peers.py'), name, set],
    env: { THREADS: '1' },
  });
  const inProcess = join(root, 'bench/data/in-process.ts');
  const activities = join(root, 'bench/data/activities.ts');
  return [
    {
      name: 'waterclock, one thread',
      command: [...tsx, ...asThread, inProcess, set, data(set), out(`in-process-${set}`)],
    },
    { name: 'waterclock, S3 to S3, 1 thread', command: [...tsx, activities, set, data(set), '1'], env: workerMemory },
    { name: 'waterclock, S3 to S3, 2 threads', command: [...tsx, activities, set, data(set), '2'], env: workerMemory },
    peer('duckdb:objects', 'duckdb, strict SQL'),
    peer('polars', 'polars'),
    peer('pydantic_stream', 'pydantic, streaming'),
    peer('pandas', 'pandas'),
    peer('dlt_contract', 'dlt'),
  ];
}

import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Grid } from 'waterclock/intervals';
import {
  type Answer,
  type Answers,
  type Sample,
  openAnswers,
  openDataFolder,
  plain,
  samplesOf,
} from 'waterclock/samples';
import { cover, type Coverage } from './coverage.js';
import { layObjects } from './objects.js';
import { respond } from './respond.js';

export interface UpstreamOptions {
  /** 0 picks a free one */
  port: number;
  /** folder of the project whose samples are served */
  project: string;
  /** the folder that the S3 server shows: one folder a bucket */
  state: string;
  /** the user's `--data`; its folders replace the samples of their pipelines */
  data?: string;
  now?: () => number;
}

export interface Upstream {
  url: string;
  close(): Promise<void>;
}

type Moments = () => Promise<{ name: string; at: number }[] | undefined>;

interface Opened {
  sample: Sample;
  isSimulated: boolean;
  answers?: Answers;
  moments: Moments;
}

/** what the real sources of a project answer in production, from samples or the user's own files */
export async function startUpstream({
  port,
  project,
  state,
  data,
  now = Date.now,
}: UpstreamOptions): Promise<Upstream> {
  const openAll = async () => {
    const folder = await openDataFolder(data);
    const found = new Map<string, Opened>();
    // answers first, as objects are written: a corrupt file ends the start before it
    const samples = samplesOf(project).toSorted((a, b) => Number(Boolean(a.objects)) - Number(Boolean(b.objects)));
    for (const sample of samples) found.set(sample.pipeline, await open(sample, state, folder(sample.pipeline)));
    return found;
  };
  let opened = await openAll();

  /** the samples as they are now; those that cannot be read leave what was there */
  async function reload(): Promise<Answer> {
    opened = await openAll();
    return plain(200, `serving ${known()}`);
  }
  const known = () => [...opened.keys()].sort().join(', ') || 'none';
  async function coverage(query: URLSearchParams): Promise<Answer> {
    const name = query.get('pipeline') ?? '';
    const one = opened.get(name);
    if (!one) return plain(404, `${name} has no sample (known: ${known()})`);
    const body = await coverageOf(one, JSON.parse(query.get('grid') ?? '{}') as Grid, now());
    return { status: 200, type: 'application/json; charset=utf-8', body: `${JSON.stringify(body, null, 2)}\n` };
  }
  function answerTo(url: URL): Answer | Promise<Answer> {
    if (url.pathname === '/reload') return reload();
    if (url.pathname === '/coverage') return coverage(url.searchParams);
    const [, name = '', path = '/'] = /^\/([^/]*)(\/.*)?$/.exec(url.pathname) ?? [];
    const { answers } = opened.get(name) ?? {};
    if (!answers) return plain(404, `not found: ${url.pathname}; pipelines with a sample: ${known()}`);
    return answers.answer(path, url.searchParams);
  }

  const server = createServer((request, response) => void respond(answerTo, request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

async function open(sample: Sample, state: string, data?: string): Promise<Opened> {
  // what a user gives is their own
  const isSimulated = sample.simulated && data === undefined;
  if (sample.objects) {
    const objects = await layObjects(sample, sample.objects, state, data);
    return { sample, isSimulated, moments: () => objects.moments() };
  }
  const answers = await openAnswers(sample, data);
  return { sample, isSimulated, answers, moments: async () => answers.moments() };
}

/** the intervals that a sample has input of; of a snapshot, the moment that it shows */
async function coverageOf(
  { sample, isSimulated, moments }: Opened,
  grid: Grid,
  now: number,
): Promise<Coverage | { snapshotAt?: string; simulated: boolean }> {
  const found = await moments();
  if (found) return cover(grid, found, now, isSimulated);
  return { simulated: isSimulated, ...(sample.snapshotAt && { snapshotAt: sample.snapshotAt }) };
}

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectionKey, type DbtResult, type DbtSelection, type FailingRow } from '../model/dbt.js';
import { TerminalError } from '../model/errors.js';
import { keys } from '../model/keys.js';
import { buildConnected } from './build-connected.js';
import type { DbtContext } from './commands.js';
import { dbtEvents } from './events.js';
import { failingRows } from './failing-rows.js';
import { projectGraph } from './project-graph.js';
import { selectedNodes } from './selected-nodes.js';
import { attribute, selectWords, withInputs, withTests } from './selection.js';
import { combine, nothing, summarize, type KeptRows } from './summarize.js';

export interface BuildInput {
  buildId: string;
  selections: DbtSelection[];
  fullRefresh?: boolean;
}

export interface BuildResult {
  /** by `selectionKey`: the outcome of its own nodes */
  bySelect: Record<string, DbtResult>;
  /** every node once */
  total: DbtResult;
  /** folder of the lake that holds manifest.json, run_results.json and dbt.log */
  artifacts: string;
}

export interface BuildDependencies extends Omit<DbtContext, 'folder' | 'events'> {
  lakeBucket: string;
  upload(key: string, body: Uint8Array | string): Promise<void>;
}

type Built = Pick<BuildResult, 'bySelect' | 'total'>;

/** one dbt build of what the selections mean together; failed nodes are its result, all else that goes wrong is thrown */
export async function buildDbt(input: BuildInput, dependencies: BuildDependencies): Promise<BuildResult> {
  const folder = await mkdtemp(join(tmpdir(), 'waterclock-dbt-'));
  const context = { ...dependencies, folder, events: dbtEvents() };
  const upload = () => uploadArtifacts(folder, input.buildId, dependencies);
  try {
    const built = await buildUnion(context, input, dependencies).catch(async (error: unknown) => {
      // the error of the build says more than one of its upload
      if (!dependencies.signal?.aborted) await upload().catch(() => undefined);
      throw error;
    });
    await upload();
    return { ...built, artifacts: keys.dbtArtifact(input.buildId, '') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function buildUnion(
  context: DbtContext,
  { buildId, selections, fullRefresh = false }: BuildInput,
  lake: BuildDependencies,
): Promise<Built> {
  const project = await projectGraph(context);
  const { graph } = project;
  const nodes = new Map<string, Set<string>>();
  const bySelect: Record<string, DbtResult> = {};
  let refused: unknown;
  for (const selection of new Map(selections.map((each) => [selectionKey(each), each])).values()) {
    const key = selectionKey(selection);
    try {
      nodes.set(key, withInputs(graph, await selectedNodes(context, project, selection.select), selection));
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      refused = error;
      bySelect[key] = nothing(selection.select, error.message);
    }
  }
  if (nodes.size === 0) throw refused;
  const words = selectWords(graph, new Set([...nodes.values()].flatMap((ids) => [...ids])));
  // what is asked for may all stand on tables that were not loaded
  const results = words.length > 0 ? await buildConnected(context, words, fullRefresh) : [];
  const kept = await keepRows(await failingRows(context, graph, results), buildId, lake);
  const owned = new Map([...nodes].map(([key, ids]) => [key, withTests(graph, ids)]));
  for (const [key, own] of attribute(graph, results, owned)) bySelect[key] = summarize(graph, own, results, kept);
  const total = summarize(graph, results, results, kept);
  return { bySelect, total: combine(total, Object.values(bySelect).filter(isRefused)) };
}

/** rows go to the lake, never into a result: that is kept in history and told to people */
async function keepRows(
  rows: (FailingRow & { id: string })[],
  buildId: string,
  { upload, lakeBucket }: BuildDependencies,
): Promise<KeptRows> {
  if (rows.length === 0) return { ids: new Set(), file: '' };
  const key = keys.failingRows(buildId);
  await upload(key, rows.map(({ test, row }) => `${JSON.stringify({ test, row })}\n`).join(''));
  return { ids: new Set(rows.map(({ id }) => id)), file: `s3://${lakeBucket}/${key}` };
}

const isRefused = ({ status, failed, skipped }: DbtResult) => status === 'failed' && failed + skipped === 0;

const artifact = /^(manifest|run_results(\.\d+)?)\.json$/;

async function uploadArtifacts(folder: string, buildId: string, { upload }: BuildDependencies): Promise<void> {
  const target = join(folder, 'target');
  const made = (await namesIn(target)).filter((name) => artifact.test(name)).map((name) => join(target, name));
  const logs = (await namesIn(folder)).filter((name) => name === 'dbt.log').map((name) => join(folder, name));
  for (const path of [...made, ...logs]) {
    await upload(keys.dbtArtifact(buildId, path.slice(path.lastIndexOf('/') + 1)), await readFile(path));
  }
}

/** nothing was made when dbt could not begin */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

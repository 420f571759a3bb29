import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TerminalError } from '../../model/errors.js';
import { keys } from '../../model/keys.js';
import type { DbtResult } from '../../model/plan.js';
import { parseManifest, parseRunResults, type DbtGraph, type NodeResult } from './artifacts.js';
import { attribute, selectedByTag } from './attribute.js';
import { build, listNodes, type DbtContext } from './commands.js';
import { assertConnected, faultOf } from './faults.js';
import { combine, nothing, summarize } from './summarize.js';

export interface BuildInput {
  buildId: string;
  selects: string[];
  fullRefresh?: boolean;
}

export interface BuildResult {
  /** by distinct select: the outcome of its own nodes */
  bySelect: Record<string, DbtResult>;
  /** every node once */
  total: DbtResult;
  /** folder of the lake that holds manifest.json, run_results.json and dbt.log */
  artifacts: string;
}

export interface BuildDependencies extends Omit<DbtContext, 'folder'> {
  upload(key: string, body: Uint8Array | string): Promise<void>;
}

type Built = Pick<BuildResult, 'bySelect' | 'total'>;

/** one dbt build of the selects' union; failed nodes are its result, all else that goes wrong is thrown */
export async function buildDbt(input: BuildInput, dependencies: BuildDependencies): Promise<BuildResult> {
  const selects = [...new Set(input.selects.map((select) => select.trim()))];
  const refused = selects.find((select) => select === '' || select.startsWith('-'));
  if (selects.length === 0 || refused !== undefined) {
    throw new TerminalError('DbtFailed', `'${refused ?? ''}' is no dbt selection, one is for example tag:spacex`);
  }
  const folder = await mkdtemp(join(tmpdir(), 'waterclock-dbt-'));
  const context = { ...dependencies, folder };
  const upload = () => uploadArtifacts(folder, input.buildId, dependencies);
  try {
    const built = await buildUnion(context, selects, input.fullRefresh ?? false).catch(async (error: unknown) => {
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

async function buildUnion(context: DbtContext, selects: string[], fullRefresh: boolean): Promise<Built> {
  const { exit, events, target } = await build(context, selects, fullRefresh);
  const results = parseRunResults(await read(join(target, 'run_results.json')));
  const manifest = await read(join(target, 'manifest.json'));
  assertConnected(results);
  if (exit.code === 0 && results.length === 0) {
    throw new TerminalError('DbtFailed', `${selects.join(' ')} selects nothing in the dbt project`);
  }
  // 1: nodes failed, or nothing could be run at all
  if (manifest && results.length > 0 && (exit.code === 0 || exit.code === 1)) {
    return tellApart(context, selects, parseManifest(manifest), results);
  }
  const fault = faultOf(exit.code, events.errors(), exit.stderr);
  if (selects.length === 1 || !(fault instanceof TerminalError)) throw fault;
  return withoutRefused(context, selects, fullRefresh, fault);
}

async function tellApart(
  context: DbtContext,
  selects: string[],
  graph: DbtGraph,
  results: NodeResult[],
): Promise<Built> {
  const total = summarize(graph, results);
  const [only] = selects;
  if (selects.length === 1 && only !== undefined) return { bySelect: { [only]: total }, total };
  const selections = new Map<string, Set<string>>();
  for (const select of selects) {
    selections.set(select, selectedByTag(graph, select) ?? (await listNodes(context, select)));
  }
  const bySelect: Record<string, DbtResult> = {};
  for (const [select, own] of attribute(graph, results, selections)) {
    bySelect[select] =
      own.length > 0 ? summarize(graph, own, results) : nothing(select, 'selects nothing in the dbt project');
  }
  const empty = Object.values(bySelect).filter(({ ok, failed, skipped }) => ok + failed + skipped === 0);
  return { bySelect, total: combine(total, empty) };
}

/** when dbt refuses the union: the selects that it refuses alone fail, the others are built */
async function withoutRefused(
  context: DbtContext,
  selects: string[],
  fullRefresh: boolean,
  fault: TerminalError,
): Promise<Built> {
  const refused: Record<string, DbtResult> = {};
  for (const select of selects) {
    try {
      await listNodes(context, select);
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      refused[select] = nothing(select, error.message);
    }
  }
  const good = selects.filter((select) => !(select in refused));
  if (good.length === 0 || good.length === selects.length) throw fault;
  const built = await buildUnion(context, good, fullRefresh);
  return {
    bySelect: { ...built.bySelect, ...refused },
    total: combine(built.total, Object.values(refused)),
  };
}

async function uploadArtifacts(folder: string, buildId: string, { upload }: BuildDependencies): Promise<void> {
  for (const file of ['target/manifest.json', 'target/run_results.json', 'dbt.log']) {
    const body = await read(join(folder, file));
    if (body !== undefined) await upload(keys.dbtArtifact(buildId, file.replace('target/', '')), body);
  }
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

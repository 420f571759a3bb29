import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseRunResults, type NodeResult } from './artifacts.js';
import { build, retry, targetOf, type DbtContext } from './commands.js';
import { assertConnected, faultOf } from './faults.js';
import { readIfThere } from './read-if-there.js';

/** ms before each `dbt retry` */
const waits = [1_000, 5_000, 15_000];

/** builds the nodes; those that lost the warehouse, and what they blocked, are retried by dbt while the others stay built */
export async function buildConnected(
  context: DbtContext,
  words: string[],
  fullRefresh: boolean,
): Promise<NodeResult[]> {
  const results = new Map<string, NodeResult>();
  const file = join(targetOf(context), 'run_results.json');
  let exit = await build(context, words, fullRefresh);
  for (let tries = 0; ; tries++) {
    const told = parseRunResults(await readIfThere(file));
    // 1: nodes failed, or nothing could be run at all
    if (told.length === 0 || (exit.code !== 0 && exit.code !== 1)) {
      throw faultOf(exit.code, context.events.errors(), exit.stderr);
    }
    for (const result of told) results.set(result.unique_id, result);
    try {
      assertConnected([...results.values()]);
      return [...results.values()];
    } catch (error) {
      const wait = waits[tries];
      if (wait === undefined) throw error;
      await sleep(wait, undefined, context.signal && { signal: context.signal });
    }
    // the next one replaces it
    await copyFile(file, join(targetOf(context), `run_results.${tries}.json`));
    exit = await retry(context);
  }
}

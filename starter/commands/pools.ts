import { WorkflowNotFoundError } from '@temporalio/client';
import { poolId } from '../../model/names.js';
import { emptyPool, type KnownClaim, type PoolState } from '../../model/slots.js';
import { askWorkflow } from '../../control/ask-workflow.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes } from '../../control/failure.js';
import { isoSeconds } from '../../control/iso-seconds.js';
import { toJson } from '../../control/json.js';
import { elapsed } from '../../control/lengths.js';
import { table } from '../table.js';
import type { Temporal } from '../../control/temporal.js';

export const poolsCommand: CommandDefinition<[], object> = {
  examples: ['waterclock pools', 'waterclock pools --json'],
  async run(context, { json }) {
    const { terminal } = context;
    const { pools, pipelines } = await context.project();
    const names = Object.keys(pools);
    const temporal = names.length > 0 ? await context.temporal() : undefined;
    const rows = await Promise.all(
      names.map(async (name) => {
        const { holders, waiting, quietUntil } = temporal ? await stateOf(temporal, name) : emptyPool();
        return {
          pool: name,
          slots: pools[name] ?? 0,
          pipelines: pipelines.filter(({ pool }) => pool === name).map((pipeline) => pipeline.name),
          holders: holders.map((claim) => ({ run: claim.workflowId, ...sinceOf(claim.grantedAt ?? claim.since) })),
          waiting: waiting.map((claim: KnownClaim) => ({ run: claim.workflowId, ...sinceOf(claim.since) })),
          quietUntil: quietUntil === undefined ? null : isoSeconds(new Date(quietUntil)),
        };
      }),
    );
    if (json) terminal.print(toJson(rows));
    else if (rows.length === 0) terminal.say("the project has no pools: `defineProject({ pools: { 'shop-api': 2 } })`");
    else terminal.print(rows.map((row) => blockOf(row, terminal.width())).join('\n\n'));
    return exitCodes.done;
  },
};

/** a pool that is not used has no workflow: all of its slots are free */
async function stateOf(temporal: Temporal, name: string): Promise<PoolState> {
  const handle = temporal.client.workflow.getHandle(poolId(name));
  try {
    if ((await handle.describe()).status.name !== 'RUNNING') return emptyPool();
    return await askWorkflow<PoolState>(temporal, handle, 'pool');
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return emptyPool();
    throw error;
  }
}

interface Since {
  since: string | null;
  durationMs: number;
}

const sinceOf = (ms: number): Since => ({ since: isoSeconds(new Date(ms)), durationMs: Date.now() - ms });

interface PoolRow {
  pool: string;
  slots: number;
  pipelines: string[];
  holders: (Since & { run: string })[];
  waiting: (Since & { run: string })[];
  quietUntil: string | null;
}

function blockOf({ pool, slots, pipelines, holders, waiting, quietUntil }: PoolRow, width: number | undefined): string {
  const lines = [
    `${pool}  ${holders.length} of ${slots} slots taken, ${waiting.length} waiting  (${pipelines.join(', ') || 'no pipeline names it'})`,
  ];
  if (quietUntil) lines.push(`grants none before ${quietUntil}: it has to find its holders again`);
  const rows = [
    ...holders.map(({ run, since, durationMs }) => ({ run, state: 'holds', since, for: elapsed(durationMs) })),
    ...waiting.map(({ run, since, durationMs }) => ({ run, state: 'waits', since, for: elapsed(durationMs) })),
  ];
  if (rows.length > 0) lines.push(table(rows, { width }));
  return lines.join('\n');
}

import { getJson, putJson } from '../lake/object-store.js';
import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import { keys } from '../model/keys.js';
import type { ParquetFiles, ParquetManifest } from '../model/plan.js';
import { encodingRun, type RebuildFiles, type RebuildInterval, type RebuildManifest } from '../model/rebuild.js';
import { parentsPlan } from '../columns/parents.js';
import { copyIntervals, dropRoom, loadedIntervals, makeRoom, swap, type LoadedInterval } from '../warehouse/rebuild.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { fittingColumns } from './fitting-columns.js';
import { statementWatch } from './statement-watch.js';
import type { Activities, RebuildStep } from './types.js';

type RebuildActivities = Pick<
  Activities,
  'rebuildPlan' | 'rebuildInterval' | 'rebuildCopy' | 'rebuildSwap' | 'rebuildDrop'
>;

/** manifests that are read at once */
const width = 16;

export function rebuildActivities({ store, warehouse, settings, pipelines }: Dependencies): RebuildActivities {
  const bucket = settings.lakeBucket;

  function planOf({ run, entity }: RebuildStep): EntityPlan {
    const found = pipelines
      .find(({ name }) => name === run.pipeline)
      ?.entities.find(({ plan }) => plan.name === entity)?.plan;
    if (found) return found;
    throw new TerminalError('UnknownPipeline', `this worker knows no ${run.pipeline}.${entity}`);
  }

  const roundKey = ({ run, entity }: RebuildStep, round: number) => keys.rebuildRound(run, entity, round);
  const statement = ({ run, entity }: RebuildStep, step: string) => ({
    of: `${run.pipeline}::${entity}`,
    step,
    runId: run.runId,
  });

  /** of the run that loaded it, or under whose id its files were made again */
  async function encodedBy(
    entity: EntityPlan,
    { interval, runId, loadedAt }: LoadedInterval,
    run: RebuildStep['run'],
  ): Promise<RebuildInterval> {
    const key = keys.step(run, 'parquet', entity.name);
    const manifest = await getJson<ParquetManifest>(store, { bucket, key });
    const own = filesFor(entity, manifest, manifest);
    const table = parentsPlan(entity);
    const loaded = { interval, runId, loadedAt };
    if (!table) return { ...loaded, ...own };
    const parents = manifest.parents && filesFor(table, manifest, manifest.parents);
    if (parents?.columns) return { ...loaded, ...own, parents };
    // both come from the raw then
    const { columns: _columns, ...rest } = own;
    return { ...loaded, ...rest };
  }

  return {
    rebuildPlan: (step) =>
      alive(async (signs) => {
        const { run, round } = step;
        const entity = planOf(step);
        const connection = warehouse(statementWatch(signs));
        if (round === 0) await makeRoom(connection, run.pipeline, entity);
        const loaded = await loadedIntervals(connection, run.pipeline, entity);
        if (loaded.intervals.length === 0) {
          throw new TerminalError(
            'ManifestMissing',
            `the ledger knows no loaded interval of ${run.pipeline}.${entity.name}, so there is nothing to make it from: run or backfill ${run.pipeline}`,
          );
        }
        const known = new Set<string>();
        const idOf = ({ interval, runId }: LoadedInterval) => `${interval.start} ${runId}`;
        for (let earlier = 0; earlier < round; earlier++) {
          const seen = await getJson<RebuildManifest>(store, { bucket, key: roundKey(step, earlier) });
          for (const interval of seen.intervals) known.add(idOf(interval));
        }
        const left = loaded.intervals.filter((interval) => !known.has(idOf(interval)));
        const intervals: RebuildInterval[] = [];
        for (let at = 0; at < left.length; at += width) {
          const some = left.slice(at, at + width);
          const { pipeline } = run;
          intervals.push(
            ...(await Promise.all(some.map((one) => encodedBy(entity, one, { pipeline, runId: one.runId })))),
          );
          signs.sign();
        }
        const toEncode = intervals.filter(({ columns }) => !columns);
        const manifest: RebuildManifest = {
          step: 'rebuild',
          pipeline: run.pipeline,
          entity: entity.name,
          ledgerRows: loaded.ledgerRows,
          intervals: [...toEncode, ...intervals.filter(({ columns }) => columns)],
        };
        const ref = await putJson(store, { bucket, key: roundKey(step, round) }, manifest);
        return { manifest: ref, intervals: intervals.length, toEncode: toEncode.length };
      }),

    async rebuildInterval({ manifest, at }) {
      const { intervals, pipeline, entity } = await getJson<RebuildManifest>(store, manifest);
      const found = intervals[at];
      if (found) return found;
      throw new TerminalError('ManifestMissing', `${manifest.key} of ${pipeline}.${entity} lists no interval ${at}`);
    },

    rebuildCopy: ({ found, from, to, ...step }) =>
      alive(async (signs) => {
        const entity = planOf(step);
        const { intervals } = await getJson<RebuildManifest>(store, found.manifest);
        const some = await Promise.all(
          intervals.slice(from, to).map(async (one, at) => {
            if (one.columns) return one;
            const run = encodingRun(step.run, one.interval, `${step.round}.${from + at}`);
            return encodedBy(entity, one, run);
          }),
        );
        await copyIntervals(warehouse(statementWatch(signs)), step.run.pipeline, entity, some, {
          roleArn: settings.redshift.copyRoleArn,
          name: statement(step, `rebuild-${step.round}-${from}`),
        });
      }),

    rebuildSwap: ({ found, ...step }) =>
      alive(async (signs) => {
        const manifest = await getJson<RebuildManifest>(store, found.manifest);
        const connection = warehouse(statementWatch(signs));
        const rows = await swap(connection, planOf(step), manifest, statement(step, `swap-${step.round}`));
        return rows === undefined ? { isSwapped: false, rows: 0 } : { isSwapped: true, rows };
      }),

    rebuildDrop: (step) =>
      alive((signs) => dropRoom(warehouse(statementWatch(signs)), step.run.pipeline, planOf(step))),
  };
}

function filesFor(table: EntityPlan, { bucket, schemaHash }: ParquetManifest, files: ParquetFiles): RebuildFiles {
  const columns = fittingColumns({ ...files, schemaHash }, table);
  return {
    rows: files.rows,
    ...(columns && { columns }),
    ...(files.copyManifest && { copyManifest: `s3://${bucket}/${files.copyManifest}` }),
  };
}

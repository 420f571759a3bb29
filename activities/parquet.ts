import { getJson, putJson } from '../lake/object-store.js';
import type { FileForm } from '../lake/parquet.js';
import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import { keys, type RunRef } from '../model/keys.js';
import type { ParquetFile, ParquetFiles, ParquetManifest, StageBatch, ValidateManifest } from '../model/plan.js';
import { pool } from '../model/pool.js';
import { parentsPlan } from '../columns/parents.js';
import { fileColumns } from '../columns/table-columns.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { cutFiles } from './threads/cut-files.js';
import type { EncodeFileTask } from './threads/encode-file.js';
import type { Activities } from './types.js';
import { usable } from './verdict.js';

/** more threads than a worker has; a large entity still takes turns with other runs */
const filesAtOnce = 8;

export function parquet({ store, threads }: Dependencies): Activities['parquet'] {
  return ({ run, plan, entity, validated }) =>
    alive(async ({ sign, signal }) => {
      const manifest = await getJson<ValidateManifest>(store, validated);
      const staged = manifest.entities[entity];
      const planned = plan.entities.find(({ name }) => name === entity);
      if (!staged || !planned)
        throw new TerminalError('ManifestMissing', `${validated.key} has no entity ${entity}; retry from validate`);
      refuseAllRejected(run, entity, staged);
      const { bucket } = manifest;
      const parents = parentsPlan(planned);
      const result: ParquetManifest = {
        step: 'parquet',
        run,
        bucket,
        entity,
        schemaHash: staged.schemaHash,
        rejected: staged.rejected,
        ...(await encode(planned, staged.stage)),
        ...(parents && { parents: await encode(parents, staged.parents ?? []) }),
      };
      const ref = await putJson(store, { bucket, key: keys.step(run, 'parquet', entity) }, result);
      const { rows, files } = result;
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      return { manifest: ref, rows, files: files.length, bytes };

      /** staged batches as the files of one table, and what COPY loads */
      async function encode(table: EntityPlan, stage: StageBatch[]): Promise<ParquetFiles> {
        const form: FileForm = { columns: fileColumns(table), codec: plan.codec ?? 'snappy' };
        const shares = [...cutFiles(stage).entries()];
        const settled = await pool(shares, filesAtOnce, ([file, batches]) => {
          const task: EncodeFileTask = { run, entity: table.name, bucket, file, batches, form };
          return threads.run<ParquetFile>('encodeFile', task, sign, signal);
        });
        const files = settled.map((outcome) => {
          if (outcome.status === 'rejected') throw outcome.reason;
          return outcome.value;
        });
        const copyManifest = files.length > 0 ? keys.processedManifest(run, table.name) : undefined;
        if (copyManifest) {
          const entries = files.map(({ key, bytes }) => ({
            url: `s3://${bucket}/${key}`,
            mandatory: true,
            meta: { content_length: bytes },
          }));
          await putJson(store, { bucket, key: copyManifest }, { entries });
        }
        return {
          columns: form.columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
          key: table.key,
          rows: stage.reduce((sum, { rows }) => sum + rows, 0),
          files,
          ...(copyManifest && { copyManifest }),
        };
      }
    });
}

type Staged = ValidateManifest['entities'][string];

/** what is loaded is the whole of the interval: nothing valid would delete what was there */
function refuseAllRejected({ pipeline, interval }: RunRef, entity: string, staged: Staged): void {
  const { rejected } = staged;
  if (usable(staged) > 0 || rejected === 0) return;
  throw new TerminalError(
    'NothingUsable',
    `all ${rejected} rows of ${pipeline}.${entity} were rejected; see \`waterclock rejected ${pipeline} --interval ${interval.start}\``,
  );
}

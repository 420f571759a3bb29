import { getJson, putJson } from '../lake/object-store.js';
import type { FileForm } from '../lake/parquet.js';
import type { EntityPlan } from '../model/columns.js';
import { TerminalError } from '../model/errors.js';
import { keys, type RunRef } from '../model/keys.js';
import type { ParquetFile, ParquetFiles, ParquetManifest, ValidateManifest, WrittenFile } from '../model/plan.js';
import { pool } from '../model/pool.js';
import { parentsPlan } from '../columns/parents.js';
import { fileColumns } from '../columns/table-columns.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { filesFolder } from './files-folder.js';
import { cutShares } from './threads/cut-shares.js';
import type { JoinFilesTask } from './threads/join-files.js';
import type { Step } from './types.js';
import { usable } from './verdict.js';

/** more threads than a worker has; a large entity still takes turns with other runs */
const filesAtOnce = 8;

export function parquet({ store, threads }: Dependencies): Step<'parquet'> {
  return ({ run, plan, entity, validated }) =>
    alive(async ({ sign, signal }) => {
      const manifest = await getJson<ValidateManifest>(store, validated);
      const validatedEntity = manifest.entities[entity];
      const planned = plan.entities.find(({ name }) => name === entity);
      // earlier versions kept rows of another form
      if (!validatedEntity?.files || !planned)
        throw new TerminalError('ManifestMissing', `${validated.key} has no files of ${entity}; retry from validate`);
      refuseAllRejected(run, entity, validatedEntity);
      const { bucket } = manifest;
      const parents = parentsPlan(planned);
      const result: ParquetManifest = {
        step: 'parquet',
        run,
        bucket,
        entity,
        schemaHash: validatedEntity.schemaHash,
        rejected: validatedEntity.rejected,
        ...(await publish(planned, validatedEntity.files)),
        ...(parents && { parents: await publish(parents, validatedEntity.parents ?? []) }),
      };
      const ref = await putJson(store, { bucket, key: keys.step(run, 'parquet', entity) }, result);
      const { rows, files } = result;
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      return { manifest: ref, rows, files: files.length, bytes };

      /** the files of one table, small ones joined, and what COPY loads */
      async function publish(table: EntityPlan, written: WrittenFile[]): Promise<ParquetFiles> {
        const form: FileForm = { columns: fileColumns(table), codec: plan.codec ?? 'snappy' };
        const published = written.filter(({ waits }) => !waits);
        // readers look into one folder: the earlier run's, where a retry takes over what that published
        const folder = filesFolder({ files: published }) ?? keys.processedFolder(run, table.name);
        const shares = [...cutShares(written.filter(({ waits }) => waits)).entries()];
        const settled = await pool(shares, filesAtOnce, ([file, files]) => {
          const task: JoinFilesTask = { bucket, files, key: keys.joinedPart(folder, file), form };
          return threads.run<ParquetFile>('joinFiles', task, sign, signal);
        });
        const joined = settled.map((outcome) => {
          if (outcome.status === 'rejected') throw outcome.reason;
          return outcome.value;
        });
        const files = [...published.map(({ key, rows, bytes }) => ({ key, rows, bytes })), ...joined];
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
          rows: files.reduce((sum, { rows }) => sum + rows, 0),
          files,
          ...(copyManifest && { copyManifest }),
        };
      }
    });
}

type Validated = ValidateManifest['entities'][string];

/** what is loaded is the whole of the interval: nothing valid would delete what was there */
function refuseAllRejected({ pipeline, interval }: RunRef, entity: string, validated: Validated): void {
  const { rejected } = validated;
  if (usable(validated) > 0 || rejected === 0) return;
  throw new TerminalError(
    'NothingUsable',
    `all ${rejected} rows of ${pipeline}.${entity} were rejected; see \`waterclock rejected ${pipeline} --interval ${interval.start}\``,
  );
}

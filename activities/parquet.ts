import { getJson, putJson } from '../lake/object-store.js';
import { TerminalError } from '../model/errors.js';
import { keys } from '../model/keys.js';
import type { ParquetManifest, ValidateManifest } from '../model/plan.js';
import { fileColumns } from '../schema/table-columns.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { EncodedEntity, EncodeEntityTask } from './threads/encode-entity.js';
import type { Activities } from './types.js';

export function parquet({ store, threads }: Dependencies): Activities['parquet'] {
  return ({ run, plan, entity, validated }) =>
    alive(async ({ sign, signal }) => {
      const manifest = await getJson<ValidateManifest>(store, validated);
      const staged = manifest.entities[entity];
      if (!staged)
        throw new TerminalError('ManifestMissing', `${validated.key} has no entity ${entity}; retry from validate`);
      const task: EncodeEntityTask = {
        run,
        entity,
        bucket: manifest.bucket,
        stage: staged.stage,
        codec: plan.codec ?? 'snappy',
      };
      const { files } = staged.stage.length
        ? await threads.run<EncodedEntity>('encodeEntity', task, sign, signal)
        : { files: [] };
      const bucket = plan.lakeBucket;
      const copyManifest = files.length > 0 ? keys.processedManifest(run, entity) : undefined;
      if (copyManifest) {
        const entries = files.map(({ key, bytes }) => ({
          url: `s3://${bucket}/${key}`,
          mandatory: true,
          meta: { content_length: bytes },
        }));
        await putJson(store, { bucket, key: copyManifest }, { entries });
      }
      const planned = plan.entities.find(({ name }) => name === entity);
      const result: ParquetManifest = {
        step: 'parquet',
        run,
        bucket,
        entity,
        schemaHash: staged.schemaHash,
        ...(planned && {
          columns: fileColumns(planned).map(({ name, type, nullable }) => ({ name, type, nullable })),
          key: planned.key,
        }),
        rows: staged.valid,
        rejected: staged.rejected,
        files,
        ...(copyManifest && { copyManifest }),
      };
      const ref = await putJson(store, { bucket, key: keys.step(run, 'parquet', entity) }, result);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      return { manifest: ref, rows: staged.valid, files: files.length, bytes };
    });
}

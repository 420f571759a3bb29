import { Context } from '@temporalio/activity';
import { getJson, putJson } from '../lake/object-store.js';
import { checkFooters } from '../lake/parquet-footer.js';
import { TerminalError } from '../model/errors.js';
import { gridPartitions, keys, partitionNames } from '../model/keys.js';
import type { ParquetFiles, ParquetManifest } from '../model/plan.js';
import { parentsPlan } from '../columns/parents.js';
import { fileColumns } from '../columns/table-columns.js';
import { showProcessed } from '../warehouse/external.js';
import { knowsTables } from '../warehouse/known-tables.js';
import { load } from '../warehouse/load.js';
import type { LoadFiles } from '../warehouse/load-options.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { filesFolder } from './files-folder.js';
import { markSuperseded } from './mark-superseded.js';
import { statementWatch } from './statement-watch.js';
import type { Step } from './types.js';

export function copy({ store, warehouse, settings, pipelines }: Dependencies): Step<'copy'> {
  const tables = knowsTables();
  return ({ run, plan, entity: name, encoded, resume }) =>
    alive(async (signs) => {
      const manifest = await getJson<ParquetManifest>(store, encoded);
      const entity = plan.entities.find((entity) => entity.name === name);
      if (entity?.schemaHash !== manifest.schemaHash) {
        throw new TerminalError(
          'SchemaMismatch',
          `${encoded.key} was made with another schema of ${run.pipeline}.${name}; retry from validate`,
        );
      }
      const { bucket } = manifest;
      await checkFooters(store, bucket, manifest.files, fileColumns(entity), signs.sign);
      const parents = parentsPlan(entity);
      if (parents) await checkFooters(store, bucket, manifest.parents?.files ?? [], fileColumns(parents), signs.sign);
      const asked = warehouse(statementWatch(signs, resume));
      const options = {
        run,
        entity,
        ...loadFiles(manifest.bucket, manifest),
        ...(manifest.parents && { parents: loadFiles(manifest.bucket, manifest.parents) }),
        rejected: manifest.rejected,
        startedAt: new Date(Context.current().info.scheduledTimestampMs).toISOString(),
        copyRoleArn: settings.redshift.copyRoleArn,
      };
      const definition = pipelines.find(({ name }) => name === run.pipeline);
      const processed = {
        run,
        entity,
        partitions: definition ? gridPartitions(definition.grid) : partitionNames(run.interval),
        lakeBucket: manifest.bucket,
        folder: filesFolder(manifest),
      };
      const { others, ...loaded } = await tables.trusting(run.pipeline, entity, async (known) => {
        const result = await load(asked, options, known);
        await showProcessed(asked, processed, known);
        return result;
      });
      if (settings.tagSuperseded) await markSuperseded(store, asked, run, manifest, others > 0, signs.sign);
      const ref = await putJson(
        store,
        { bucket: plan.lakeBucket, key: keys.step(run, 'copy', name) },
        { step: 'copy', run, entity: name, ...loaded },
      );
      return { manifest: ref, ...loaded };
    });
}

function loadFiles(bucket: string, { rows, copyManifest }: ParquetFiles): LoadFiles {
  return { rows, ...(copyManifest && { copyManifest: `s3://${bucket}/${copyManifest}` }) };
}

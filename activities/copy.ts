import { Context } from '@temporalio/activity';
import { getJson, putJson } from '../lake/object-store.js';
import { TerminalError } from '../model/errors.js';
import { keys } from '../model/keys.js';
import type { ParquetManifest } from '../model/plan.js';
import { load } from '../warehouse/load.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function copy({ store, warehouse, settings }: Dependencies): Activities['copy'] {
  return ({ run, plan, entity: name, encoded }) =>
    alive(async ({ sign, signal }) => {
      const manifest = await getJson<ParquetManifest>(store, encoded);
      const entity = plan.entities.find((entity) => entity.name === name);
      if (entity?.schemaHash !== manifest.schemaHash) {
        throw new TerminalError(
          'SchemaMismatch',
          `${encoded.key} was made with another schema of ${run.pipeline}.${name}; retry from validate`,
        );
      }
      const progress = (statementId: string) => sign({ statementId });
      const loaded = await load(warehouse({ progress, signal }), {
        run,
        entity,
        ...(manifest.copyManifest && { copyManifest: `s3://${manifest.bucket}/${manifest.copyManifest}` }),
        rows: manifest.rows,
        rejected: manifest.rejected,
        startedAt: new Date(Context.current().info.scheduledTimestampMs).toISOString(),
        copyRoleArn: settings.redshift.copyRoleArn,
      });
      const ref = await putJson(
        store,
        { bucket: plan.lakeBucket, key: keys.step(run, 'copy', name) },
        { step: 'copy', run, entity: name, ...loaded },
      );
      return { manifest: ref, ...loaded };
    });
}

import { putJson } from '../lake/object-store.js';
import { countParts } from '../lake/raw-parts.js';
import { keys } from '../model/keys.js';
import type { ExtractManifest, InRaw, StepInput } from '../model/plan.js';
import { redactor } from '../model/redact.js';
import { hasPages } from '../model/source.js';
import { sourceSession } from '../sources/http/session.js';
import { openSource } from '../sources/open-source.js';
import { alive, type Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { extractObjects } from './extract-objects.js';
import { pageWriter } from './page-writer.js';
import { bytesOf, partWriter } from './part-writer.js';
import type { Activities } from './types.js';

export function extract(dependencies: Dependencies): Activities['extract'] {
  const { environment, store, redact = redactor(environment) } = dependencies;
  const session = sourceSession(environment, redact);
  return ({ run, plan, spreads }) =>
    alive(async (alive) => {
      const objects = await extractObjects(dependencies, { run, plan }, spreads ?? false, alive);
      if (objects && 'spread' in objects) return objects.spread;
      const { parts, ranges, files, bytes } = objects ?? (await extractAnswers({ run, plan }, alive));
      const manifest: ExtractManifest = {
        step: 'extract',
        run,
        bucket: plan.rawBucket,
        source: plan.source,
        parts,
        ...(ranges && { ranges }),
        files,
        bytes,
      };
      await putJson(store, { bucket: plan.rawBucket, key: keys.rawManifest(run) }, manifest);
      const ref = await putJson(store, { bucket: plan.lakeBucket, key: keys.step(run, 'extract') }, manifest);
      return { manifest: ref, parts: countParts(manifest), files, bytes };
    });

  /** answers of an API: those of several pages go on where an earlier attempt came to */
  async function extractAnswers({ run, plan }: StepInput, alive: Alive): Promise<InRaw> {
    const { settings } = dependencies;
    const address = settings.sources[run.pipeline];
    const options = { limits: settings.sourceLimits, session, sign: () => alive.sign(), ...(address && { address }) };
    const driver = openSource(plan.source, options);
    const { form } = plan.source.records;
    const key = (part: number, suffix: string) => keys.rawPart(run, part, `${form}${suffix}`);
    const writer = partWriter({ store, bucket: plan.rawBucket, form: plan.source.records, key }, alive);
    const pages = hasPages(plan.source) ? await pageWriter(dependencies, { run, plan }, alive) : undefined;
    let files = 0;
    for await (const object of driver.list(run.interval, alive.signal, pages?.from)) {
      alive.sign();
      if (pages && object.after !== undefined) {
        await pages.add(object, object.after);
        continue;
      }
      files++;
      await writer.add(object);
    }
    await writer.flush();
    const found = (await pages?.parts()) ?? { parts: [], pages: 0 };
    const parts = [...writer.parts, ...found.parts];
    return { parts, files: files + found.pages, bytes: bytesOf(parts) };
  }
}

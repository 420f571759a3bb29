import { log } from '@temporalio/activity';
import { putJson } from '../lake/object-store.js';
import { intervalNotes } from '../lake/interval-notes.js';
import { countParts } from '../lake/raw-parts.js';
import type { Generate } from '../model/custom-code.js';
import { keys } from '../model/keys.js';
import type { ExtractManifest, InRaw, Plan, StepInput } from '../model/plan.js';
import { redactor } from '../model/redact.js';
import { hasPages } from '../model/source.js';
import { keepsState } from '../model/source.js';
import type { SourceState } from '../model/state-value.js';
import { syncReader } from '../sources/airbyte-sync/sync-reader.js';
import { connectorReader } from '../sources/connectors/connector-reader.js';
import { sourceSession } from '../sources/http/session.js';
import { openSource } from '../sources/open-source.js';
import { secretsOf } from '../sources/secrets/secrets.js';
import { alive, type Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { extractObjects } from './extract-objects.js';
import { extractTask } from './extract-task.js';
import { hostRates } from './host-rates.js';
import { pageWriter } from './page-writer.js';
import { bytesOf, partWriter } from './part-writer.js';
import { stateBefore } from './source-state.js';
import type { Step } from './types.js';

/** what is in the raw layer, and the state that the source came to */
type Answered = InRaw & { state?: SourceState | undefined; told?: string };

export function extract(dependencies: Dependencies): Step<'extract'> {
  const { environment, envFile, store, client, settings, redact = redactor(environment) } = dependencies;
  const secrets = secretsOf({ environment, envFile, redact });
  const session = sourceSession(environment, redact, secrets, client && hostRates(client, settings.taskQueue));
  const fromTask = extractTask({ ...dependencies, redact });
  const pipelineOf = (name: string) => dependencies.pipelines.find((pipeline) => pipeline.name === name);
  return ({ run, plan, spreads }) =>
    alive(async (alive) => {
      const objects = await extractObjects(dependencies, { run, plan }, spreads ?? false, alive);
      if (objects && 'spread' in objects) return objects.spread;
      const keeping = keepsState(plan.source) ? pipelineOf(run.pipeline) : undefined;
      const begunWith = keeping && ((await stateBefore(dependencies, keeping, run, alive)) ?? {});
      const answered: Answered =
        objects ?? (await fromTask({ run, plan }, alive)) ?? (await extractAnswers({ run, plan, begunWith }, alive));
      const { parts, ranges, files, bytes, state, told } = answered;
      const manifest: ExtractManifest = {
        step: 'extract',
        run,
        bucket: plan.rawBucket,
        source: plan.source,
        parts,
        ...(ranges && { ranges }),
        files,
        bytes,
        ...(begunWith && { begunWith, state: state ?? begunWith }),
      };
      await putJson(store, { bucket: plan.rawBucket, key: keys.rawManifest(run) }, manifest);
      const ref = await putJson(store, { bucket: plan.lakeBucket, key: keys.step(run, 'extract') }, manifest);
      return { manifest: ref, parts: countParts(manifest), files, bytes, ...(told && { told }) };
    });

  /** a connector as it was planned; the project's code as this worker has it */
  async function codeOf({ source, lakeBucket }: Plan, pipeline: string): Promise<Generate | undefined> {
    const { connector, sync } = source.kind === 'custom' ? source : {};
    if (sync) return syncReader(sync);
    if (!connector) return pipelineOf(pipeline)?.generate;
    if (connector.manifest === undefined) return connectorReader(connector);
    const key = keys.connectorManifest(pipeline, connector.manifest);
    const manifest = await store.get({ bucket: lakeBucket, key });
    return connectorReader(connector, Buffer.from(manifest).toString());
  }

  /** answers of an API, or of code: those of several pages go on where an earlier attempt came to */
  async function extractAnswers(
    { run, plan, begunWith }: StepInput & { begunWith: SourceState | undefined },
    alive: Alive,
  ): Promise<Answered> {
    const address = settings.sources[run.pipeline];
    const pages = hasPages(plan.source) ? await pageWriter(dependencies, { run, plan, begunWith }, alive) : undefined;
    const isCode = plan.source.kind === 'custom';
    const generate = isCode ? await codeOf(plan, run.pipeline) : undefined;
    // code that goes on has what it kept so far; requests of an interval all begin with the same
    const state = isCode ? pages?.state() : begunWith;
    const known = async () => (await pages?.names()) ?? new Set<string>();
    const driver = openSource(plan.source, {
      limits: settings.sourceLimits,
      session,
      sign: () => alive.sign(),
      ...(address && { address }),
      ...(state && { state }),
      ...(generate && {
        custom: {
          generate,
          params: plan.params ?? {},
          logger: log,
          environment,
          known,
          notes: intervalNotes(store, plan.lakeBucket, run),
        },
      }),
    });
    const { form } = plan.source.records;
    const key = (part: number, suffix: string) => keys.rawPart(run, part, `${form}${suffix}`);
    const writer = partWriter({ store, bucket: plan.rawBucket, form: plan.source.records, key }, alive);
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
    await pages?.end();
    const found = (await pages?.parts()) ?? { parts: [], pages: 0 };
    const parts = [...writer.parts, ...found.parts];
    return { parts, files: files + found.pages, bytes: bytesOf(parts), state: pages?.state() };
  }
}

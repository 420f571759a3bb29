import type { Interval } from '../../model/interval.js';
import { redactor } from '../../model/redact.js';
import type { RejectedRecord } from '../../model/rejected.js';
import type { Pipeline } from '../../define/pipeline.js';
import { sourceSession } from '../../sources/http/session.js';
import { openSource } from '../../sources/open-source.js';
import { validated } from '../../testing/validated.js';

export interface Extracted {
  /** of all objects of the interval */
  objects: number;
  records: number;
  dropped: number;
  /** rows by entity */
  valid: Record<string, number>;
  rejected: RejectedRecord[];
}

interface Options {
  /** replaces the source's own */
  address: string;
  environment: Record<string, string>;
  interval: Interval;
}

/** an interval through the source and the validator of a pipeline, as a run extracts it, without a stack */
export async function extracted(pipeline: Pipeline, { address, environment, interval }: Options): Promise<Extracted> {
  const session = sourceSession(environment, redactor(environment));
  const { generate } = pipeline;
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const driver = openSource(pipeline.source, {
    address,
    session,
    firstWait: 1,
    ...(generate && { custom: { generate, params: {}, logger: silent, known: async () => new Set() } }),
  });
  const signal = new AbortController().signal;
  const all: Extracted = { objects: 0, records: 0, dropped: 0, valid: {}, rejected: [] };
  for await (const object of driver.list(interval, signal)) {
    const pieces: Uint8Array[] = [];
    for await (const piece of await object.open(signal)) pieces.push(piece);
    const { counts, entities, records } = await validated(pipeline, Buffer.concat(pieces), {
      interval,
      gzip: object.gzip,
    });
    all.objects++;
    all.records += counts.records;
    all.dropped += counts.dropped;
    all.rejected.push(...records);
    for (const [name, { valid }] of Object.entries(entities)) all.valid[name] = (all.valid[name] ?? 0) + valid;
  }
  return all;
}

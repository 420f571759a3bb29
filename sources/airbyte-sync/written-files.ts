import type { AirbyteSync } from '../../model/airbyte-sync.js';
import { TransientError } from '../../model/errors.js';
import type { ListedObject } from '../s3-listing.js';
import type { Job } from './api.js';

/** clocks of the server and of S3 differ by so much at most, ms */
const skew = 60_000;

interface Window {
  /** epoch ms, both included */
  from: number;
  to: number;
}

/** when the files of a job were written; another job of the connection runs before or after it, never beside it */
export function windowOf(job: Job, all: Job[]): Window {
  if (Number.isNaN(job.started))
    throw new TransientError(`the Airbyte server does not say when sync ${job.id} started`);
  const syncs = all.filter(({ type, id }) => type === 'sync' && id !== job.id);
  const before = syncs.filter(({ id }) => id < job.id).map(({ updated }) => updated);
  const after = syncs.filter(({ id }) => id > job.id).map(({ started }) => started);
  const ended = Number.isNaN(job.updated) ? Infinity : job.updated + skew;
  return {
    from: Math.max(job.started - skew, ...before.filter((time) => time <= job.started)),
    to: Math.min(ended, ...after.filter((time) => time >= job.started)),
  };
}

/** which of the wanted streams a file is of, by its folder; undefined: of none */
export function streamOf({ key }: Pick<ListedObject, 'key'>, { files, streams }: AirbyteSync): string | undefined {
  const folder = key.slice(files.prefix.length).split('/').at(-2) ?? key.split('/').at(-2);
  return streams.find((name) => name === folder);
}

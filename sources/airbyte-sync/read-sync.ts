import type { AirbyteSync } from '../../model/airbyte-sync.js';
import type { CustomHost, CustomInput, CustomItem } from '../../model/custom-code.js';
import { TerminalError } from '../../model/errors.js';
import { s3Bucket } from '../s3-objects.js';
import { listUnder, type ListedObject } from '../s3-listing.js';
import { sourceClient } from '../s3-client.js';
import { airbyteApi } from './api.js';
import { syncOnce } from './sync-once.js';
import { streamOf, windowOf } from './written-files.js';

interface Place {
  after: string;
}

/** runs a sync for an interval and takes the files that it wrote, as code of a source */
export async function* readSync(
  sync: AirbyteSync,
  input: CustomInput,
  { notes }: CustomHost,
): AsyncGenerator<CustomItem> {
  const { signal, logger, interval } = input;
  if (!notes) throw new Error('a sync needs the notes of its interval');
  const api = airbyteApi({
    server: input.address ?? sync.server,
    auth: sync.auth,
    secret: (name) => input.secret(name),
  });
  const { connection, files, poll } = sync;
  const job = await syncOnce({ api, notes, connection, signal, poll, log: (text) => logger.info(text) });
  const window = windowOf(job, await api.jobs(connection, signal));
  const { after = '' } = (input.resume ?? {}) as Partial<Place>;
  const bucket = s3Bucket(files, {});
  try {
    const { wanted, written } = await listWritten(sync, window, signal);
    if (written === 0 && (job.rows ?? 0) > 0) throw nowhere(sync, job);
    const rest = wanted.filter(({ key }) => key > after);
    const streams = new Map(rest.map((item) => [item.key, streamOf(item, sync)]));
    for await (const object of bucket.read(rest, interval, signal)) {
      const { name, etag, modified } = object;
      const stream = streams.get(name);
      yield {
        name,
        body: await object.open(signal),
        ...(stream !== undefined && { stream }),
        ...(etag !== undefined && { etag }),
        ...(modified !== undefined && { modified }),
        resume: { after: name } satisfies Place,
      };
    }
  } finally {
    bucket.close();
  }
}

/** files of the wanted streams, by their keys, and how many there are of all */
async function listWritten(sync: AirbyteSync, { from, to }: ReturnType<typeof windowOf>, signal: AbortSignal) {
  const client = sourceClient(sync.files, {});
  const wanted: ListedObject[] = [];
  let written = 0;
  try {
    for await (const item of listUnder(client, sync.files, sync.files.prefix, signal)) {
      if (item.modified < from || item.modified > to) continue;
      written++;
      if (streamOf(item, sync) !== undefined) wanted.push(item);
    }
  } finally {
    client.destroy();
  }
  return { wanted, written };
}

function nowhere({ files }: AirbyteSync, { id, rows }: { id: number; rows: number | undefined }): TerminalError {
  return new TerminalError(
    'SourceNotFound',
    `sync ${id} wrote ${rows} rows, and none of their files are under s3://${files.bucket}/${files.prefix}: compare \`files\` with the destination of the connection`,
  );
}

import type pg from 'pg';
import { copyIn } from '../redshift-local/copy/copy-in.js';

/** a table or query as PostgreSQL itself writes it, in pieces of 256 KB */
export async function copyOut(client: pg.Client, from: string): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  await new Promise<void>((resolve, reject) => {
    client.query({
      submit: (connection: { query(text: string): void }) => connection.query(`copy ${from} to stdout (format binary)`),
      handleCopyData: ({ chunk }: { chunk: Buffer }) => parts.push(Buffer.from(chunk)),
      handleCommandComplete: () => undefined,
      handleRowDescription: () => undefined,
      handleError: reject,
      handleReadyForQuery: () => resolve(),
    } as unknown as pg.Submittable);
  });
  const all = Buffer.concat(parts);
  const size = 256 * 1024;
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.subarray(at * size, (at + 1) * size));
}

/** seconds that PostgreSQL's own COPY takes for it */
export async function secondsToCopyIn(client: pg.Client, table: string, binary: Buffer[]): Promise<number> {
  const begun = process.hrtime.bigint();
  await copyIn(client, `copy ${table} from stdin (format binary)`, stream(binary));
  return Number(process.hrtime.bigint() - begun) / 1e9;
}

async function* stream(chunks: Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ListedKey {
  key: string;
  modified: string;
  etag?: string;
  bytes?: number;
}

export interface ListingS3 {
  url: string;
  /** keys that were asked for, and prefixes that were listed, in order */
  asked: string[];
  lists: { prefix: string; after: string | null }[];
  close(): void;
}

export interface Bucket {
  /** sorted, from `from` on; made as they are listed, so there may be any number */
  keys(from: string): Iterable<ListedKey>;
  body(key: string): Buffer | undefined;
}

const page = 1_000;

/** a bucket that holds nothing: its list comes from a generator, a thousand at a time, and its objects from a function */
export async function listingS3({ keys, body }: Bucket): Promise<ListingS3> {
  const server = createServer(answer);
  const s3: ListingS3 = {
    url: '',
    asked: [],
    lists: [],
    close: () => (server.closeAllConnections(), void server.close()),
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://s3');
    if (url.searchParams.get('list-type') === '2') return list(url.searchParams, response);
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'));
    s3.asked.push(key);
    const found = body(key);
    if (found) response.setHeader('etag', '"e"').end(found);
    else response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
  }

  function list(query: URLSearchParams, response: ServerResponse): void {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? query.get('start-after');
    const most = Number(query.get('max-keys') ?? page);
    if (!query.has('continuation-token')) s3.lists.push({ prefix, after });
    const contents: string[] = [];
    let last: string | undefined;
    let isTruncated = false;
    for (const { key, modified, etag = 'e', bytes = 1 } of keys(after && after > prefix ? after : prefix)) {
      if (!key.startsWith(prefix)) break;
      if (after !== null && key <= after) continue;
      isTruncated = contents.length === most;
      if (isTruncated) break;
      last = key;
      contents.push(
        `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified><ETag>"${etag}"</ETag><Size>${bytes}</Size></Contents>`,
      );
    }
    const more = isTruncated ? `<NextContinuationToken>${last}</NextContinuationToken>` : '';
    response.setHeader('content-type', 'application/xml');
    response.end(
      `<?xml version="1.0"?><ListBucketResult><IsTruncated>${isTruncated}</IsTruncated>${more}${contents.join('')}</ListBucketResult>`,
    );
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  s3.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return s3;
}

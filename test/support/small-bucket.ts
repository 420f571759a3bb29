import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SmallBucket {
  url: string;
  close(): void;
}

/** lists and gives objects as S3 does, for a source that reads them */
export async function smallBucket(objects: { key: string; modified: string; body: Buffer }[]): Promise<SmallBucket> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://127.0.0.1');
    const prefix = url.searchParams.get('prefix');
    if (prefix !== null) {
      const found = objects
        .filter(({ key }) => key.startsWith(prefix))
        .map(
          ({ key, modified, body }) =>
            `<Contents><Key>${key}</Key><LastModified>${modified}</LastModified><ETag>"${key.length}"</ETag><Size>${body.length}</Size></Contents>`,
        );
      return void response.end(
        `<ListBucketResult><IsTruncated>false</IsTruncated>${found.join('')}</ListBucketResult>`,
      );
    }
    const one = objects.find(({ key }) => url.pathname.endsWith(`/${key}`));
    if (!one) return void response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>');
    response.setHeader('etag', `"${one.key.length}"`).setHeader('content-length', one.body.length).end(one.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SecretsManagerServer {
  url: string;
  /** values by name or ARN; an error is what the service answers with: name and status */
  secrets: Map<string, string | { error: string; status?: number }>;
  /** ids that were asked for, in order */
  asked: string[];
  close(): void;
}

/** GetSecretValue of AWS Secrets Manager (AWS JSON 1.1), for the real client */
export async function secretsManagerServer(): Promise<SecretsManagerServer> {
  const secrets: SecretsManagerServer['secrets'] = new Map();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { SecretId: id = '' } = JSON.parse(Buffer.concat(chunks).toString()) as { SecretId?: string };
      const isKnown = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue';
      asked.push(id);
      const found = isKnown ? secrets.get(id) : { error: 'UnknownOperationException' };
      const answer = (status: number, body: object) =>
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
      if (found === undefined) {
        answer(400, {
          __type: 'ResourceNotFoundException',
          Message: "Secrets Manager can't find the specified secret.",
        });
      } else if (typeof found === 'string') {
        answer(200, { ARN: id, Name: id, VersionId: 'v', SecretString: found, VersionStages: ['AWSCURRENT'] });
      } else answer(found.status ?? 400, { __type: found.error, Message: 'no' });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    asked,
    close: () => void server.close(),
  };
}

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SmallSqs {
  /** address of the queue */
  url: string;
  send(body: unknown): void;
  /** messages that nobody has removed, hidden ones too */
  left(): number;
  /** hidden messages show again, as after their time */
  expire(): void;
  /** answers the next request of this action by a fault */
  fail(action: string): void;
  close(): void;
}

interface Message {
  id: number;
  body: string;
  isHidden: boolean;
}

interface Asked {
  MaxNumberOfMessages?: number;
  Entries?: { Id: string; ReceiptHandle: string; VisibilityTimeout?: number }[];
}

/** one queue by the JSON protocol of SQS, over real sockets */
export async function smallSqs(): Promise<SmallSqs> {
  const messages = new Map<string, Message>();
  const failing = new Set<string>();
  let sent = 0;
  const server = createServer((request, response) => void answer(request, response));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '');
    const asked = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    if (failing.delete(action)) return void response.writeHead(400).end('{"__type":"RequestRefused","message":"away"}');
    response.end(JSON.stringify(action === 'ReceiveMessage' ? received(asked) : changed(action, asked)));
  }

  function received({ MaxNumberOfMessages: most = 1 }: Asked) {
    const shown = [...messages].filter(([, { isHidden }]) => !isHidden).slice(0, most);
    for (const [, message] of shown) message.isHidden = true;
    return {
      Messages: shown.map(([receipt, { id, body }]) => ({
        MessageId: String(id),
        ReceiptHandle: receipt,
        Body: body,
        MD5OfBody: createHash('md5').update(body).digest('hex'),
      })),
    };
  }

  function changed(action: string, { Entries: entries = [] }: Asked) {
    for (const { ReceiptHandle: receipt, VisibilityTimeout: timeout } of entries) {
      const message = messages.get(receipt);
      if (action === 'DeleteMessageBatch') messages.delete(receipt);
      else if (message && timeout === 0) message.isHidden = false;
    }
    return { Successful: entries.map(({ Id }) => ({ Id })), Failed: [] };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/123456789012/events`,
    send: (body) => void messages.set(`receipt-${++sent}`, { id: sent, body: JSON.stringify(body), isHidden: false }),
    left: () => messages.size,
    expire: () => messages.forEach((message) => void (message.isHidden = false)),
    fail: (action) => void failing.add(action),
    close: () => (server.closeAllConnections(), void server.close()),
  };
}

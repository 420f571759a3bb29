import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface SmtpSink {
  address: string;
  /** whole messages, as they came */
  messages: string[];
  close(): void;
}

/** a mail server that takes everything and sends nothing on */
export async function smtpSink(): Promise<SmtpSink> {
  const messages: string[] = [];
  const server = createServer((socket) => talk(socket, messages));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, messages, close: () => void server.close() };
}

function talk(socket: Socket, messages: string[]): void {
  let text = '';
  let inMessage = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  socket.setEncoding('utf8').on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    for (;;) {
      const end = inMessage ? '\r\n.\r\n' : '\r\n';
      const at = text.indexOf(end);
      if (at < 0) return;
      const said = text.slice(0, at);
      text = text.slice(at + end.length);
      if (inMessage) {
        messages.push(said);
        inMessage = false;
        say('250 taken');
      } else if (/^DATA$/i.test(said)) {
        inMessage = true;
        say('354 go on');
      } else if (/^QUIT$/i.test(said)) {
        say('221 bye');
        socket.end();
      } else say('250 well');
    }
  });
  say('220 sink');
}

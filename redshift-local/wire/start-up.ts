import type { Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import type { Duplex } from 'node:stream';
import { reader, readMessage, readStartup, settingsOf, type Read } from './client-messages.js';
import { askPassword, authenticationOk, keyData, parameterStatus } from './server-messages.js';
import { WireError } from './wire-errors.js';

const version3 = 196_608;
const asks = { cancel: 80_877_102, tls: 80_877_103, gss: 80_877_104 };

export interface Opened {
  stream: Duplex;
  read: Read;
  settings: Map<string, string>;
}

/** up to the startup message: what a client asks for before it, TLS among it; a request to cancel is the whole connection */
export async function open(
  socket: Socket,
  tls: SecureContext | undefined,
  cancel: (pid: number, secret: number) => void,
): Promise<Opened | undefined> {
  let stream: Duplex = socket;
  let read = reader(stream);
  for (;;) {
    const asked = await readStartup(read);
    if (!asked) return undefined;
    if (asked.code === asks.cancel) {
      if (asked.body.length >= 8) cancel(asked.body.readUInt32BE(0), asked.body.readInt32BE(4));
      return undefined;
    }
    if (asked.code === asks.tls && tls && stream === socket) {
      socket.write('S');
      stream = new TLSSocket(socket, { isServer: true, secureContext: tls }).on('error', () => socket.destroy());
      read = reader(stream);
    } else if (asked.code === asks.tls || asked.code === asks.gss) stream.write('N');
    else if (asked.code === version3) return { stream, read, settings: settingsOf(asked.body) };
    else {
      const written = `${asked.code >>> 16}.${asked.code & 0xff_ff}`;
      throw new WireError('08P01', `unsupported frontend protocol ${written}: server supports 3.0`, 'FATAL');
    }
  }
}

/** the password, which passes in clear text: over loopback, or TLS */
export async function password({ stream, read }: Opened): Promise<string | undefined> {
  stream.write(askPassword);
  const answer = await readMessage(read);
  return answer?.code === 'p' ? answer.body.toString('utf8', 0, answer.body.indexOf(0)) : undefined;
}

/** what drivers look for, as Redshift reports it; only the encoding is called by the name that every driver knows */
const reported = {
  server_version: '8.0.2',
  padb_version: 'PADB 1.0.0',
  server_encoding: 'UNICODE',
  client_encoding: 'UTF8',
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  integer_datetimes: 'on',
  is_superuser: 'on',
  standard_conforming_strings: 'on',
};

export const greeting = (user: string, isSuperuser: boolean, pid: number, secret: number): Buffer =>
  Buffer.concat([
    authenticationOk,
    ...Object.entries({ ...reported, session_authorization: user, is_superuser: isSuperuser ? 'on' : 'off' }).map(
      ([name, value]) => parameterStatus(name, value),
    ),
    keyData(pid, secret),
  ]);

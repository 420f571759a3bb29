import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Objects } from '../copy/objects.js';
import { enter, type Postgres } from '../postgres.js';
import type { ReusedConnections } from '../reused-connections.js';
import type { UserDirectory } from '../users.js';
import type { Backend } from './backend.js';
import { messages } from './client-messages.js';
import { output } from './output.js';
import { runner } from './run.js';
import { errorResponse, readyForQuery } from './server-messages.js';
import { wireSession } from './session.js';
import { mayEnter, same } from './sign-in.js';
import { greeting, open, password, type Opened } from './start-up.js';
import { WireError, wireError } from './wire-errors.js';

export interface WireParts {
  postgres: Postgres;
  objects: Objects;
  users: UserDirectory;
  /** of the administrator, PostgreSQL's own; without one everyone is let in as the administrator, as there */
  password?: string;
  nextQueryId: () => Promise<number>;
  tls?: SecureContext | undefined;
  /** of all connections, by process id and secret */
  cancels: Map<string, () => void>;
  /** the connections to PostgreSQL */
  behind: ReusedConnections<Backend>;
}

/** one client, from its first byte to its last */
export async function serve(socket: Socket, parts: WireParts): Promise<void> {
  let opened: Opened | undefined;
  try {
    opened = await open(socket, parts.tls, (pid, secret) => parts.cancels.get(`${pid} ${secret}`)?.());
    if (opened) await converse(opened, parts);
  } catch (error) {
    const said = wireError(error);
    const stream = opened?.stream ?? socket;
    if (stream.writable) stream.write(errorResponse({ ...said, severity: 'FATAL' }));
  } finally {
    // nobody reads to the end of a stream that is left
    (opened?.stream ?? socket).end(() => socket.destroy());
  }
}

async function converse(opened: Opened, parts: WireParts): Promise<void> {
  const { stream, read, settings } = opened;
  const { postgres, objects, users, cancels, nextQueryId } = parts;
  const user = settings.get('user') ?? '';
  const database = settings.get('database') ?? user;
  await signIn(opened, user, parts);
  const entering = users.signIn(user);
  const behind = await parts.behind.take(database, settings.get('application_name') ?? 'wire');
  const out = output(stream);
  let isBusy = false;
  let isCancelled = false;
  /** PostgreSQL was asked to cancel, and may do so later than its client goes */
  let isInterrupted = false;
  let isAtRest = false;
  const cancel = () => {
    isCancelled = true;
    isInterrupted ||= isBusy;
    if (isBusy) void cancelBackend(postgres, database, behind.pid).catch(() => undefined);
  };
  const key = `${behind.pid} ${randomInt(2 ** 31)}`;
  try {
    await enter(behind.client, entering);
    const context = {
      client: behind.client,
      objects,
      check: () => {
        if (isCancelled) throw new WireError('57014', `Query cancelled on user's request`);
      },
      outside: () => parts.behind.lend(database, `outside of ${behind.pid}`),
      queryId: 0,
      format: 'JSON' as const,
    };
    const sent = messages(stream, read);
    const run = runner(behind, out, context, nextQueryId);
    const who = { database, user: entering.user, pid: behind.pid };
    const handle = wireSession(
      run,
      out,
      database,
      {
        show: (plan) => postgres.history.show(database, [plan]),
        watch: (sql, work) => postgres.history.watch(who, sql, work),
      },
      sent.isSyncNext,
    );
    cancels.set(key, cancel);
    stream.on('close', cancel);
    out.send(greeting(entering.user, users.isAdministrator(user), behind.pid, Number(key.split(' ')[1])));
    out.send(readyForQuery('I'));
    out.flush();
    for (let message = await sent.next(); message && message.code !== 'X'; message = await sent.next()) {
      isBusy = true;
      isCancelled = false;
      await handle(message);
      isBusy = false;
    }
    isAtRest = run.isAtRest() && !isInterrupted;
  } finally {
    cancels.delete(key);
    out.flush();
    await parts.behind.give(database, behind, isAtRest);
  }
}

async function signIn(opened: Opened, user: string, { postgres, users, ...parts }: WireParts): Promise<void> {
  const isAdministrator = users.isAdministrator(user);
  if (isAdministrator && parts.password === undefined) return;
  const given = await password(opened);
  const own = isAdministrator ? parts.password : users.passwordOf(user);
  const isRight = given !== undefined && (own === undefined ? await mayEnter(postgres, user, given) : same(given, own));
  if (!isRight) throw new WireError('28000', `password authentication failed for user "${user}"`, 'FATAL');
}

async function cancelBackend(postgres: Postgres, database: string, pid: number): Promise<void> {
  const admin = await postgres.connect(database, 'cancel');
  try {
    await admin.query('select pg_cancel_backend($1)', [pid]);
  } finally {
    await admin.end();
  }
}

import { serialize } from 'pg-protocol';
import type { CommandContext } from '../command-context.js';
import { runCommand } from '../commands.js';
import { bringIn } from '../external/bring-in.js';
import type { Planned } from '../sql/plan-statement.js';
import { settled } from '../settle.js';
import { readFrame, type Backend } from './backend.js';
import type { Output } from './output.js';
import { rowConverter, shownField } from './result-types.js';
import {
  commandComplete,
  emptyQuery,
  noticeResponse,
  portalSuspended,
  rowDescription,
  valuesOf,
  type Field,
} from './server-messages.js';
import { commandTag } from './tags.js';

/** of statements that run here, beside the client's own */
const local = 'rs_local';
const isEndOfRows = (code: string) => code === 'C' || code === 's' || code === 'I';

/** most databases have none, and need not look for what lies behind the names of a statement */
const anyExternal = `select case when exists (select from _redshift_data.external_tables) then 'true' end`;

export interface Rows {
  fields: Field[];
  formats: number[];
}

/** runs statements in PostgreSQL's transaction, the implicit one of unfinished messages included, and answers the client */
export function runner(backend: Backend, out: Output, context: CommandContext, nextQueryId: () => Promise<number>) {
  const { client, exchange } = backend;
  /** PostgreSQL has seen a Sync since it was last asked for something */
  let isClean = true;
  let status: string = 'I';
  /** PostgreSQL passes over everything until the next Sync */
  let isFailed = false;

  async function ask(bytes: Buffer, isLast: (code: string) => boolean, onFrame: (code: string, frame: Buffer) => void) {
    isClean = false;
    try {
      await exchange(bytes, isLast, (code, frame) => {
        if (code === 'N') notice(readFrame(frame));
        else onFrame(code, frame);
      });
    } catch (error) {
      isFailed = true;
      throw error;
    }
  }

  function notice({ severity = 'NOTICE', code = '00000', message = '' }: Record<string, string | undefined>) {
    out.send(noticeResponse({ severity: severity === 'NOTICE' ? 'INFO' : severity, code, message }));
  }
  client.on('notice', (found) => notice(found as unknown as Record<string, string | undefined>));

  async function sync(): Promise<string> {
    await ask(
      serialize.sync(),
      (code) => code === 'Z',
      () => undefined,
    );
    isClean = true;
    isFailed = false;
    status = client.getTransactionStatus() ?? 'I';
    return status;
  }

  /** a text of its own; parse and bind make no row, so that every message is of the last */
  async function send(sql: string, values: string[], onFrame: (code: string, frame: Buffer) => void): Promise<void> {
    const bytes = [
      serialize.close({ type: 'P', name: local }),
      serialize.close({ type: 'S', name: local }),
      serialize.parse({ name: local, text: sql }),
      serialize.bind({ portal: local, statement: local, values }),
      serialize.describe({ type: 'P', name: local }),
      serialize.execute({ portal: local, rows: 0 }),
      serialize.flush(),
    ];
    await ask(Buffer.concat(bytes), isEndOfRows, onFrame);
  }

  async function firstValue(sql: string, values: string[]): Promise<string | null | undefined> {
    let found: string | null | undefined;
    await send(sql, values, (code, frame) => {
      if (code === 'D') found ??= valuesOf(frame)[0]?.toString() ?? null;
    });
    return found;
  }

  const quietly = async (texts: string[] = []) => {
    for (const sql of texts) await send(sql, [], () => undefined);
  };

  /** hands rows on; gives the tag, which the client must not see before what comes after */
  function passRows(rows: Rows | undefined, end: (tag: Buffer) => void) {
    let convert = rows && rowConverter(rows.fields, rows.formats);
    return (code: string, frame: Buffer) => {
      if (code === 'D') {
        out.send(convert ? convert(frame) : frame);
        out.whenFull(backend);
      } else if (code === 'T' && !rows) {
        const { fields } = readFrame<{ fields: Field[] }>(frame);
        convert = rowConverter(fields, []);
        out.send(rowDescription(fields.map(shownField)));
      } else if (isEndOfRows(code)) end(frame);
    };
  }

  async function bringInFor(plan: Planned): Promise<void> {
    if (status === 'E' || (await firstValue(anyExternal, [])) !== 'true') return;
    await bringIn(context, [plan], { isIdle: isClean && status === 'I', ask: firstValue });
  }

  /** COPY, UNLOAD and DDL of external tables, by the client of PostgreSQL, in a transaction of their own where none is open */
  async function runAsCommand(plan: Planned): Promise<string> {
    if (!isClean) await sync();
    const isOwn = status === 'I';
    if (isOwn) await client.query('begin');
    try {
      const queryId = await nextQueryId();
      const rows = plan.command ? await runCommand(plan.command, { ...context, queryId }) : 0;
      if (isOwn) await client.query('commit');
      const info = commandInfo(plan, rows);
      if (info) notice({ severity: 'INFO', message: info });
    } catch (error) {
      await client.query(isOwn ? 'rollback' : 'rs_local_refused').catch(() => undefined);
      throw error;
    } finally {
      status = client.getTransactionStatus() ?? 'I';
    }
    return commandTag(plan, '');
  }

  async function runText(plan: Planned): Promise<string> {
    await quietly(plan.before);
    let tag: Buffer = Buffer.alloc(0);
    const pass = passRows(undefined, (frame) => (tag = frame));
    await send(
      plan.sql,
      plan.values,
      plan.kind === 'query' ? pass : (code, frame) => code === 'C' && pass(code, frame),
    );
    await quietly(plan.after);
    return commandTag(plan, readFrame<{ text: string }>(tag).text);
  }

  /** as it runs, where it depends on what the database holds */
  async function settle(plan: Planned): Promise<Planned> {
    if (!plan.asked) return plan;
    await bringInFor(plan);
    return settled(plan, firstValue);
  }

  /** whole, with the rows as text; gives the tag of its end */
  async function run(given: Planned): Promise<string> {
    await bringInFor(given);
    const plan = await settle(given);
    if (plan.command) return runAsCommand(plan);
    const tag = await runText(plan);
    if (plan.kind === 'control') status = plan.sql.startsWith('begin') ? 'T' : 'I';
    if (plan.commits) {
      // it commits, here as there
      if (status === 'T') await quietly(['commit']);
      await sync();
    }
    return tag;
  }

  /** COPY and UNLOAD among the statements of one query: the implicit transaction would not hold them */
  async function inTransaction(work: () => Promise<void>): Promise<void> {
    await quietly(['begin']);
    await sync();
    try {
      await work();
      await quietly(['commit']);
      await sync();
    } catch (error) {
      await sync();
      if (status !== 'I') await quietly(['rollback']);
      await sync();
      throw error;
    }
  }

  return {
    inTransaction,
    settle,
    ask,
    sync,
    status: () => status,
    run,
    bringInFor,
    /** a portal of the client's that PostgreSQL has */
    async execute(plan: Planned, frame: Buffer, rows: Rows): Promise<void> {
      await quietly(plan.before);
      let last: Buffer = Buffer.alloc(0);
      await ask(
        Buffer.concat([frame, serialize.flush()]),
        isEndOfRows,
        passRows(rows, (frame) => (last = frame)),
      );
      const code = String.fromCharCode(last[0] ?? 0);
      if (code === 'C') {
        await quietly(plan.after);
        out.send(commandComplete(commandTag(plan, readFrame<{ text: string }>(last).text)));
      } else out.send(code === 's' ? portalSuspended : emptyQuery);
    },
    /** what failed here fails in PostgreSQL too: what its transaction did is undone, an open one waits for its end */
    async poison(): Promise<void> {
      if (isFailed || (isClean && status !== 'T')) return;
      const refused = Buffer.concat([serialize.parse({ text: 'rs_local_refused' }), serialize.flush()]);
      const none = () => undefined;
      await ask(refused, () => false, none).catch(none);
    },
  };
}

export type Runner = ReturnType<typeof runner>;

function commandInfo({ command }: Planned, rows: number): string | undefined {
  if (command && 'copy' in command)
    return `Load into table '${command.copy.table.replaceAll('"', '').split('.').at(-1)}' completed, ${rows} record(s) loaded successfully.`;
  return command && 'unload' in command ? `UNLOAD completed, ${rows} record(s) unloaded successfully.` : undefined;
}

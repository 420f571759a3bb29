import { serialize } from 'pg-protocol';
import type { CommandContext } from '../command-context.js';
import { runCommand } from '../commands.js';
import { bringIn, mayBringIn } from '../external/bring-in.js';
import { askRethrown, rethrown } from '../rethrown.js';
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
import { askAnyExternal, bytesOf, textOf, type Text } from './texts.js';

const isEndOfRows = (code: string) => code === 'C' || code === 's' || code === 'I';

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
  let isAnyPrepared = false;

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

  /** texts in one exchange, each as a statement of its own; the frames are those of the one at `shown` */
  async function send(texts: Text[], shown: number, onFrame: (code: string, frame: Buffer) => void): Promise<void> {
    if (texts.length === 0) return;
    let at = 0;
    await ask(
      Buffer.concat([...texts.map(bytesOf), serialize.flush()]),
      (code) => isEndOfRows(code) && ++at === texts.length,
      (code, frame) => at === shown && onFrame(code, frame),
    );
  }

  async function firstValue(sql: string, values: string[]): Promise<string | null | undefined> {
    let found: string | null | undefined;
    await send([{ sql, values }], 0, (code, frame) => {
      if (code === 'D') found ??= valuesOf(frame)[0]?.toString() ?? null;
    });
    return found;
  }

  const quietly = (texts: string[] = []) => send(texts.map(textOf), -1, () => undefined);

  /** prepared once, for it goes before nearly every statement */
  async function isAnyExternal(): Promise<boolean> {
    let isAny = false;
    await ask(askAnyExternal(isAnyPrepared), isEndOfRows, (code) => (isAny ||= code === 'D'));
    isAnyPrepared = true;
    return isAny;
  }

  /** has PostgreSQL parse a statement, and asks in the same exchange whether the database has an external table that it could read */
  async function prepare(
    plan: Planned,
    bytes: Buffer,
    isParsed: (code: string) => boolean,
    onFrame: (code: string, frame: Buffer) => void,
  ): Promise<boolean> {
    if (!mayBringIn(plan)) {
      await ask(bytes, isParsed, onFrame);
      return true;
    }
    let isSecond = false;
    let isAny = false;
    const isLast = (code: string) => {
      if (isSecond) return isEndOfRows(code);
      isSecond = isParsed(code);
      return false;
    };
    await ask(Buffer.concat([bytes, askAnyExternal(isAnyPrepared)]), isLast, (code, frame) => {
      if (isSecond) isAny ||= code === 'D';
      else onFrame(code, frame);
    });
    isAnyPrepared = true;
    return !isAny;
  }

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
    if (status === 'E' || !mayBringIn(plan) || !(await isAnyExternal())) return;
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
    const before = (plan.before ?? []).map(textOf);
    const after = (plan.after ?? []).map(textOf);
    let tag: Buffer = Buffer.alloc(0);
    const pass = passRows(undefined, (frame) => (tag = frame));
    await send([...before, plan, ...after], before.length, (code, frame) => {
      if (plan.kind === 'query' || code === 'C') pass(code, frame);
    });
    return commandTag(plan, readFrame<{ text: string }>(tag).text);
  }

  /** an error that a procedure has caught: its handler's work is committed, and the call throws it again */
  async function throwAgain(): Promise<void> {
    const error = rethrown(await firstValue(askRethrown, []));
    if (!error) return;
    if (status === 'T') await quietly(['commit']);
    await sync();
    throw error;
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
    if (plan.rule === 'call') await throwAgain();
    if (plan.rule === 'deallocate') isAnyPrepared = false;
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
    isAtRest: () => isClean && status === 'I',
    run,
    bringInFor,
    prepare,
    /** a portal of the client's that PostgreSQL has, or makes first */
    async execute(plan: Planned, frame: Buffer, rows: Rows, bind: Buffer = Buffer.alloc(0)): Promise<void> {
      const before = plan.before ?? [];
      let last: Buffer = Buffer.alloc(0);
      const pass = passRows(rows, (end) => (last = end));
      let at = 0;
      await ask(
        Buffer.concat([bind, ...before.map((sql) => bytesOf(textOf(sql))), frame, serialize.flush()]),
        (code) => isEndOfRows(code) && ++at > before.length,
        (code, answer) => at === before.length && pass(code, answer),
      );
      const code = String.fromCharCode(last[0] ?? 0);
      if (code === 'C') {
        await quietly(plan.after);
        if (plan.rule === 'call') await throwAgain();
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

import { serialize } from 'pg-protocol';
import type { CommandContext } from '../command-context.js';
import { runCommand } from '../commands.js';
import { bringIn, mayBringIn } from '../external/bring-in.js';
import { askRethrown, forgetRethrown, rethrown } from '../rethrown.js';
import type { Planned } from '../sql/plan-statement.js';
import { settled } from '../settle.js';
import { readFrame, type Backend } from './backend.js';
import { exchanges, isEndOfRows } from './exchanges.js';
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
import { askAnyExternal, bytesOf, textOf } from './texts.js';

export interface Rows {
  fields: Field[];
  formats: number[];
}

/** runs statements in PostgreSQL's transaction, the implicit one of unfinished messages included, and answers the client */
export function runner(backend: Backend, out: Output, context: CommandContext, nextQueryId: () => Promise<number>) {
  const { client } = backend;
  let isAnyPrepared = false;
  const postgres = exchanges(backend, notice);
  const { ask, sync, send, firstValue, quietly, status } = postgres;

  function notice({ severity = 'NOTICE', code = '00000', message = '' }: Record<string, string | undefined>) {
    out.send(noticeResponse({ severity: severity === 'NOTICE' ? 'INFO' : severity, code, message }));
  }
  client.on('notice', (found) => notice(found as unknown as Record<string, string | undefined>));

  /** prepared once, for it goes before nearly every statement */
  async function isAnyExternal(plan: Planned): Promise<boolean> {
    let isAny = false;
    await ask(askAnyExternal(plan, isAnyPrepared), isEndOfRows, (code) => (isAny ||= code === 'D'));
    isAnyPrepared = true;
    return isAny;
  }

  /** has PostgreSQL parse a statement, and asks in the same exchange whether it reaches an external table */
  async function prepare(
    plan: Planned,
    bytes: Buffer,
    isParsed: (code: string) => boolean,
    onFrame: (code: string, frame: Buffer) => void,
    isFinal: boolean,
  ): Promise<boolean> {
    if (!mayBringIn(plan)) {
      await ask(bytes, isParsed, onFrame, isFinal);
      return true;
    }
    let isSecond = false;
    let isAny = false;
    const isLast = (code: string) => {
      if (isSecond) return isEndOfRows(code);
      isSecond = isParsed(code);
      return false;
    };
    const pass = (code: string, frame: Buffer) => {
      if (isSecond) isAny ||= code === 'D';
      else onFrame(code, frame);
    };
    await ask(Buffer.concat([bytes, askAnyExternal(plan, isAnyPrepared)]), isLast, pass, isFinal);
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
    if (status() === 'E' || !mayBringIn(plan) || !(await isAnyExternal(plan))) return;
    await bringIn(context, [plan], { isIdle: postgres.isClean() && status() === 'I', ask: firstValue });
  }

  /** COPY, UNLOAD and DDL of external tables, by the client of PostgreSQL, in a transaction of their own where none is open */
  async function runAsCommand(plan: Planned): Promise<string> {
    if (!postgres.isClean()) await sync();
    const isOwn = status() === 'I';
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
      postgres.refresh();
    }
    return commandTag(plan, '');
  }

  async function runText(plan: Planned, isFinal: boolean): Promise<string> {
    const before = (plan.before ?? []).map(textOf);
    const after = (plan.after ?? []).map(textOf);
    let tag: Buffer = Buffer.alloc(0);
    const pass = passRows(undefined, (frame) => (tag = frame));
    const show = (code: string, frame: Buffer) => {
      if (plan.kind === 'query' || code === 'C') pass(code, frame);
    };
    await send([...before, plan, ...after], before.length, show, isFinal);
    return commandTag(plan, readFrame<{ text: string }>(tag).text);
  }

  /** an error that a procedure has caught: its handler's work is committed, and the call throws it again */
  async function throwAgain(): Promise<void> {
    const error = rethrown(await firstValue(askRethrown, []));
    if (!error) return;
    await quietly([forgetRethrown]);
    if (status() === 'T') await quietly(['commit']);
    await sync();
    throw error;
  }

  /** as it runs, where it depends on what the database holds */
  const settle = (plan: Planned) => settled(plan, (sql, values) => firstValueOf(plan, sql, values));

  /** the first value of a query about what a statement reads; what of it is external is brought in */
  async function firstValueOf(plan: Planned, sql: string, values: string[]): Promise<string | null | undefined> {
    if (status() === 'E' || !mayBringIn(plan)) return firstValue(sql, values);
    let found: string | null | undefined;
    let isAny = false;
    let at = 0;
    const bytes = Buffer.concat([askAnyExternal(plan, isAnyPrepared), bytesOf({ sql, values })]);
    const isLast = (code: string) => isEndOfRows(code) && ++at === 2;
    await ask(bytes, isLast, (code, frame) => {
      if (code !== 'D') return;
      if (at === 0) isAny = true;
      else found ??= valuesOf(frame)[0]?.toString() ?? null;
    });
    isAnyPrepared = true;
    if (isAny) await bringInFor(plan);
    return found;
  }

  /** whole, with the rows as text; gives the tag of its end */
  async function run(given: Planned, isFinal: boolean): Promise<string> {
    await bringInFor(given);
    const plan = await settled(given, firstValue);
    if (plan.command) return runAsCommand(plan);
    const tag = await runText(plan, isFinal && plan.rule !== 'call' && !plan.commits);
    if (plan.rule === 'call') await throwAgain();
    if (plan.rule === 'deallocate') isAnyPrepared = false;
    if (plan.kind === 'control' && !postgres.isClean()) postgres.assume(plan.sql.startsWith('begin') ? 'T' : 'I');
    if (plan.commits) {
      // it commits, here as there
      if (status() === 'T') await quietly(['commit']);
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
      if (status() !== 'I') await quietly(['rollback']);
      await sync();
      throw error;
    }
  }

  return {
    inTransaction,
    settle,
    ask,
    sync,
    status,
    isAtRest: () => postgres.isClean() && status() === 'I',
    run,
    bringInFor,
    prepare,
    /** of a statement or portal that PostgreSQL has: with what it is asked next */
    closeLater: postgres.closeLater,
    /** a portal of the client's that PostgreSQL has, or makes first */
    async execute(
      plan: Planned,
      frame: Buffer,
      rows: Rows,
      isFinal: boolean,
      bind: Buffer = Buffer.alloc(0),
    ): Promise<void> {
      const before = plan.before ?? [];
      const isAll = plan.rule !== 'call' && (plan.after ?? []).length === 0;
      let last: Buffer = Buffer.alloc(0);
      const pass = passRows(rows, (end) => (last = end));
      let at = 0;
      await ask(
        Buffer.concat([bind, ...before.map((sql) => bytesOf(textOf(sql))), frame]),
        (code) => isEndOfRows(code) && ++at > before.length,
        (code, answer) => at === before.length && pass(code, answer),
        isFinal && isAll,
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
      if (postgres.isFailed() || (postgres.isClean() && status() !== 'T')) return;
      const none = () => undefined;
      await ask(serialize.parse({ text: 'rs_local_refused' }), () => false, none).catch(none);
    },
  };
}

export type Runner = ReturnType<typeof runner>;

function commandInfo({ command }: Planned, rows: number): string | undefined {
  if (command && 'copy' in command)
    return `Load into table '${command.copy.table.replaceAll('"', '').split('.').at(-1)}' completed, ${rows} record(s) loaded successfully.`;
  return command && 'unload' in command ? `UNLOAD completed, ${rows} record(s) unloaded successfully.` : undefined;
}

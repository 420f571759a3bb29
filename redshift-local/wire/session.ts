import { serialize } from 'pg-protocol';
import { withoutDatabase } from '../sql/connected-database.js';
import { planStatement, type Planned } from '../sql/plan-statement.js';
import { outline, render, splitStatements, tokenize, type Token } from '../sql/tokens.js';
import { bindOf, parseOf, targetOf, type ClientMessage } from './client-messages.js';
import { readFrame } from './backend.js';
import type { Output } from './output.js';
import { ownType, shownField, shownType } from './result-types.js';
import type { Runner } from './run.js';
import * as answers from './server-messages.js';
import { wireError, WireError } from './wire-errors.js';

/** what Parse leaves; without a plan the text was empty */
interface Prepared {
  sql: string;
  plan?: Planned;
  /** PostgreSQL has it too: it may take parameters and give rows */
  isRemote: boolean;
  types: number[];
  fields?: answers.Field[] | undefined;
  /** when it was parsed there was no external table: its first run need not look for what it reads */
  isFree: boolean;
}

interface Portal {
  prepared: Prepared;
  formats: number[];
  /** the message that makes it: PostgreSQL gets it with the one that runs it, in one exchange */
  bind?: Buffer | undefined;
}

const isControl = (tokens: Token[]) => /^(begin|start|commit|end|rollback|abort)\b/.test(outline(tokens));
const isDeallocate = /^deallocate (?:prepare )?(.+)$/;

/** of statements, for the views that list them */
interface History {
  show(plan: Planned): Promise<void>;
  watch(sql: string, work: () => Promise<void>): Promise<void>;
}

/** the messages of one client after its start-up: simple and extended queries */
export function wireSession(run: Runner, out: Output, database: string, history: History, isSyncNext: () => boolean) {
  const statements = new Map<string, Prepared>();
  const portals = new Map<string, Portal>();
  /** after an error, until Sync */
  let isSkipping = false;

  function plan(given: Token[]): Planned {
    const tokens = withoutDatabase(given, database);
    const text = outline(tokens);
    const colon = tokens.find(({ kind }) => kind === 'parameter');
    if (colon) throw new WireError('42601', `syntax error at or near "${colon.text}"`);
    if (isDeallocate.test(text)) return deallocate(tokens);
    const isBegun = run.status() !== 'I';
    return planStatement(tokens, [], isBegun, isBegun);
  }

  function deallocate(tokens: Token[]): Planned {
    const name = tokens.at(-1)?.text ?? '';
    const sql = `deallocate ${name}`;
    return { sql, values: [], kind: 'setting', rule: 'deallocate', outline: sql, names: [] };
  }

  const watched = (one: Planned, sql: string, work: () => Promise<void>) =>
    one.kind === 'control' || one.kind === 'setting' ? work() : history.watch(sql, work);

  async function runOne(one: Planned, sql: string, isFinal: boolean): Promise<void> {
    await history.show(one);
    await watched(one, sql, async () => out.send(answers.commandComplete(await run.run(one, isFinal))));
    if (one.rule !== 'deallocate') return;
    const name = one.sql.slice('deallocate '.length).replace(/^"(.*)"$/, '$1');
    if (name === 'all') statements.clear();
    else statements.delete(name);
  }

  async function simple(sql: string): Promise<void> {
    statements.delete('');
    portals.delete('');
    try {
      const parts = splitStatements(tokenize(sql));
      if (parts.length === 0) out.send(answers.emptyQuery);
      await together(parts, sql);
    } catch (error) {
      await fail(error);
    }
    await sync();
  }

  /** several statements of one query take effect together, unless they say BEGIN or COMMIT themselves */
  async function together(parts: Token[][], sql: string): Promise<void> {
    const isLazy = parts.length === 1 || run.status() !== 'I' || parts.some(isControl);
    const plans = isLazy ? [] : parts.map(plan);
    const isCommand = plans.some(({ command }) => command);
    const runAll = async () => {
      for (const [at, tokens] of parts.entries())
        await runOne(
          plans[at] ?? plan(tokens),
          parts.length === 1 ? sql : render(tokens),
          !isCommand && at === parts.length - 1,
        );
    };
    return isCommand ? run.inTransaction(runAll) : runAll();
  }

  async function fail(error: unknown): Promise<void> {
    await run.poison();
    out.send(answers.errorResponse(wireError(error)));
  }

  async function sync(): Promise<void> {
    isSkipping = false;
    const status = await run.sync();
    if (status === 'I') portals.clear();
    out.send(answers.readyForQuery(status));
    out.flush();
  }

  async function parse(body: Buffer): Promise<void> {
    const { name, sql, types } = parseOf(body);
    if (name === '') statements.delete('');
    if (name !== '' && statements.has(name))
      throw new WireError('42P05', `prepared statement "${name}" already exists`);
    const parts = splitStatements(tokenize(sql));
    if (parts.length > 1) throw new WireError('42601', 'cannot insert multiple commands into a prepared statement');
    const written = parts[0] && plan(parts[0]);
    // the transaction sees what is there when its first statement is parsed
    if (written) await history.show(written);
    const planned = written && (await run.settle(written));
    const isRemote = planned?.kind === 'query' || planned?.kind === 'write';
    const prepared: Prepared = {
      sql,
      isRemote: isRemote && !planned.command,
      types: [],
      isFree: false,
      ...(planned && { plan: planned }),
    };
    if (prepared.isRemote && planned) await prepare(prepared, planned, name, types);
    statements.set(name, prepared);
    out.send(answers.parseComplete);
  }

  async function prepare(prepared: Prepared, planned: Planned, name: string, types: number[]): Promise<void> {
    const bytes = [
      serialize.parse({ name, text: planned.sql, types: types.map(ownType) }),
      serialize.describe({ type: 'S', name }),
    ];
    prepared.isFree = await run.prepare(
      planned,
      Buffer.concat(bytes),
      (code) => code === 'T' || code === 'n',
      (code, frame) => {
        if (code === 't') prepared.types = readFrame<{ dataTypeIDs: number[] }>(frame).dataTypeIDs;
        if (code === 'T') prepared.fields = readFrame<{ fields: answers.Field[] }>(frame).fields;
      },
      isSyncNext(),
    );
  }

  async function bind(body: Buffer, frame: Buffer): Promise<void> {
    const { portal, statement, formats } = bindOf(body);
    const prepared = found(statements, statement, '26000', 'prepared statement');
    if (prepared.isRemote && prepared.plan) {
      if (!prepared.isFree) await run.bringInFor(prepared.plan);
      prepared.isFree = false;
      await history.show(prepared.plan);
    }
    portals.set(portal, { prepared, formats, ...(prepared.isRemote && { bind: frame }) });
    out.send(answers.bindComplete);
  }

  /** before the statement that a portal names becomes another one */
  async function bindAll(): Promise<void> {
    for (const portal of portals.values()) {
      const frame = portal.bind;
      portal.bind = undefined;
      if (!frame) continue;
      await run.ask(
        frame,
        (code) => code === '2',
        () => undefined,
      );
    }
  }

  async function describe(body: Buffer, frame: Buffer): Promise<void> {
    const { kind, name } = targetOf(body);
    // a cursor of DECLARE is a portal that PostgreSQL alone knows
    if (kind === 'portal' && !portals.has(name)) return describeCursor(frame);
    const portal = kind === 'portal' ? found(portals, name, '34000', 'portal') : undefined;
    const { types, fields } = portal?.prepared ?? found(statements, name, '26000', 'prepared statement');
    if (!portal) out.send(answers.parameterDescription(types.map(shownType)));
    out.send(fields ? answers.rowDescription(fields.map(shownField), portal?.formats) : answers.noData);
  }

  async function describeCursor(frame: Buffer): Promise<void> {
    let fields: answers.Field[] | undefined;
    await run.ask(
      frame,
      (code) => code === 'T' || code === 'n',
      (code, answer) => {
        if (code === 'T') fields = readFrame<{ fields: answers.Field[] }>(answer).fields;
      },
    );
    out.send(fields ? answers.rowDescription(fields.map(shownField)) : answers.noData);
  }

  async function execute(body: Buffer, frame: Buffer): Promise<void> {
    const name = body.toString('utf8', 0, body.indexOf(0));
    const portal = found(portals, name, '34000', 'portal');
    const { prepared, formats, bind: binding } = portal;
    const { plan: planned, fields = [], isRemote } = prepared;
    portal.bind = undefined;
    if (!planned) out.send(answers.emptyQuery);
    else if (isRemote)
      await watched(planned, prepared.sql, () =>
        run.execute(planned, frame, { fields, formats }, isSyncNext(), binding),
      );
    else await runOne(planned, prepared.sql, isSyncNext());
  }

  async function close(body: Buffer, frame: Buffer): Promise<void> {
    const { kind, name } = targetOf(body);
    (kind === 'statement' ? statements : portals).delete(name);
    run.closeLater(frame);
    out.send(answers.closeComplete);
  }

  async function extended({ code, body, frame }: ClientMessage): Promise<void> {
    if (isSkipping) return;
    try {
      if (code === 'P' || code === 'C') await bindAll();
      if (code === 'P') await parse(body);
      else if (code === 'B') await bind(body, frame);
      else if (code === 'D') await describe(body, frame);
      else if (code === 'E') await execute(body, frame);
      else if (code === 'C') await close(body, frame);
      else throw new WireError('0A000', `messages of kind ${code} are not in Redshift`);
    } catch (error) {
      isSkipping = true;
      for (const [name, { bind: binding }] of portals) if (binding) portals.delete(name);
      await fail(error);
    }
  }

  return async function handle(message: ClientMessage): Promise<void> {
    const { code, body } = message;
    if (code === 'Q') return simple(body.toString('utf8', 0, body.indexOf(0)));
    if (code === 'S') return sync();
    if (code === 'H') return out.flush();
    // data of a COPY that was refused
    if (code === 'd' || code === 'c' || code === 'f') return;
    return extended(message);
  };
}

function found<T>(all: Map<string, T>, name: string, code: string, what: string): T {
  const one = all.get(name);
  if (!one) throw new WireError(code, `${what} "${name}" does not exist`);
  return one;
}

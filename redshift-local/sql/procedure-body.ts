import { literal } from './literal.js';
import type { Plan } from './plan.js';
import { blocksOf, type Block } from './procedure-blocks.js';
import { checkExpressions, checkRaise, isControl } from './procedure-control.js';
import { endOfText, expressionOf, putTogether } from './put-together.js';
import type { Catalog } from './query/scope.js';
import { Refusal } from './refusal.js';
import { rewriteQuery } from './rewrite.js';
import { isSign, isWord, render, type Token } from './tokens.js';
import { parseType } from './types.js';

const rule = 'procedure';
const statements = 'select with insert update delete merge create drop alter truncate call grant revoke analyze'.split(
  ' ',
);
/** what a statement may come behind, without a semicolon */
const openers = ['begin', 'then', 'else', 'loop', 'declare'];
const refused: Record<string, string> = {
  copy: 'COPY in a procedure is not honoured here: send it on its own',
  unload: 'UNLOAD in a procedure is not honoured here: send it on its own',
  vacuum: 'VACUUM cannot run in a procedure: it needs a transaction of its own',
  prepare: 'PREPARE cannot run in a procedure',
  deallocate: 'DEALLOCATE cannot run in a procedure',
  savepoint: 'Redshift has no savepoints',
  release: 'Redshift has no savepoints',
  foreach: 'Redshift has no FOREACH: use FOR ... IN SELECT',
  assert: 'Redshift has no ASSERT: use IF and RAISE EXCEPTION',
  do: 'Redshift has no DO',
};

type PlanOf = (tokens: Token[]) => Plan;

/** a body in PL/pgSQL: statements as each would run alone, conditions and values in PostgreSQL's words */
export function procedureBody(tokens: Token[], catalog: Catalog, planOf: PlanOf, isNonatomic = false): string {
  const out: string[] = [];
  const blocks = blocksOf(tokens, isNonatomic);
  const at = { begin: byPlace(blocks, 'begin'), exception: byPlace(blocks, 'exception'), end: byPlace(blocks, 'end') };
  /** blocks with a handler of ours that are open: within their statements, or within their handler */
  const guarded: Block[] = [];
  const handling: Block[] = [];
  let isDeclaring = false;
  /** those that a query is bound to */
  const cursors = new Set<string>();
  /** after START TRANSACTION, up to its COMMIT */
  let isBegun = false;
  /** of each loop that is open: whether it goes through a query */
  const loops: boolean[] = [];

  const ours = (block: Block | undefined) => block?.exception !== undefined && block.isEnding;
  /** an error of this statement is kept, and the block left: without a handler of PostgreSQL's around it the transaction can end */
  const guard = (sql: string) => {
    const block = guarded.at(-1);
    return block
      ? `begin ${sql} exception when others then caught_sqlstate := sqlstate; caught_sqlerrm := sqlerrm; end; exit ${labelOf(block)} when caught_sqlstate is not null;`
      : sql;
  };
  const caught = (part: Token[]) =>
    handling.length === 0
      ? part
      : part.map((token) =>
          isWord(token, 'sqlerrm', 'sqlstate')
            ? { ...token, text: token.text === 'sqlerrm' ? 'caught_sqlerrm' : 'caught_sqlstate' }
            : token,
        );

  for (let place = 0; place < tokens.length;) {
    const token = tokens[place];
    const word = token?.kind === 'word' ? token.text : '';
    if (Object.hasOwn(refused, word)) throw new Refusal(rule, refused[word] ?? '');
    if (word === 'declare' || word === 'begin') isDeclaring = word === 'declare';
    const isLabel = isSign(token, '<') && isSign(tokens[place + 1], '<') && isSign(tokens[place + 4], '>');
    const end = openers.includes(word) ? place : isLabel ? place + 4 : endOf(tokens, place);
    const part = caught(tokens.slice(place, end + 1));
    const block = at.end.get(place);
    if (isLabel) out.push(`<<${tokens[place + 2]?.text}>>`);
    else if (word === 'begin') {
      const begun = at.begin.get(place);
      out.push('begin');
      if (begun && ours(begun)) {
        guarded.push(begun);
        out.push(`<<${labelOf(begun)}>> begin`);
      }
    } else if (at.exception.has(place)) {
      const left = at.exception.get(place);
      if (left && ours(left)) {
        guarded.pop();
        handling.push(left);
        out.push(`end; if caught_sqlstate is not null then${isNonatomic ? '' : ' rollback;'}`);
      } else out.push(render(part));
    } else if (block && ours(block)) {
      handling.pop();
      const note = `perform set_config('redshift.rethrown', caught_sqlstate || ' ' || caught_sqlerrm, false); return;`;
      out.push(`${isNonatomic ? 'caught_sqlstate := null;' : note} end if;`, render(part));
    } else if (block) {
      if (block.exception !== undefined) out.push(noteError);
      out.push(render(part));
    } else if (openers.includes(word) || isSign(token, ';')) {
      if (word === 'loop') loops.push(false);
      out.push(token?.text ?? '');
    } else if (isDeclaring) {
      if (isWord(part[1], 'cursor')) cursors.add(token?.text ?? '');
      out.push(declaration(part, catalog, planOf));
    } else if (word === 'start' && isWord(part[1], 'transaction')) {
      if (!isNonatomic) throw new Refusal(rule, 'START TRANSACTION is of procedures that are NONATOMIC');
      isBegun = true;
    } else if (word === 'commit' || word === 'rollback') {
      if (part.length > 2) throw new Refusal(rule, `syntax error at or near "${part[1]?.text}"`);
      isBegun = false;
      out.push(`${word};`);
    } else if (word === 'perform' || word === 'execute' || statements.includes(word)) {
      const { lines, commits } = statementOf(word, part, planOf);
      if (word === 'call') out.push(deeper);
      out.push(guard(lines.join('\n')));
      if (word === 'call') out.push(leave, shallower);
      if (commits) out.push('commit;');
      else if (isNonatomic && !isBegun) out.push(commitAlone);
    } else if (!isControl(part)) {
      out.push(guard(otherStatement(part, planOf)));
    } else {
      const isQuery = word === 'for' && part.some((one) => isWord(one, 'select', 'with', 'execute'));
      if (isQuery && loops.includes(true)) out.push(nested);
      if (word === 'for' || word === 'while') loops.push(isQuery);
      if (word === 'end' && isWord(part[1], 'loop')) loops.pop();
      const isGuarded = (isSign(part[1], ':') && isSign(part[2], '=')) || isSign(part[1], '=') || word === 'raise';
      checkExpressions(part, planOf);
      const line =
        word === 'raise' && part.length <= 2 ? raisedAgain(handling.length > 0) : control(part, catalog, planOf);
      // an error names a cursor as it is declared
      const named =
        word === 'open' && cursors.has(part[1]?.text ?? '')
          ? `${part[1]?.text} := ${literal(part[1]?.text ?? '')}; `
          : '';
      out.push(named + (isGuarded ? guard(line) : line));
    }
    place = end + 1;
  }
  const body = out.join('\n');
  return blocks.some(ours)
    ? `declare caught_sqlstate text; caught_sqlerrm text; begin\n${body.replace(/;?\s*$/, ';')}\nend`
    : body;
}

const byPlace = (blocks: Block[], part: 'begin' | 'exception' | 'end') =>
  new Map(blocks.flatMap((block) => (block[part] === undefined ? [] : [[block[part], block] as const])));
const labelOf = ({ begin }: Block) => `rs_local_block_${begin}`;

/** where a handler ends, its work is kept and the error thrown again: the service does so after CALL, which no block of PostgreSQL can */
const noteError = `perform set_config('redshift.rethrown', sqlstate || ' ' || sqlerrm, false); return;`;
const leave = `if coalesce(current_setting('redshift.rethrown', true), '') <> '' then return; end if;`;
const deeper = 'perform redshift_catalog.rs_local_call_depth(1);';
const shallower = 'perform redshift_catalog.rs_local_call_depth(-1);';
/** a NONATOMIC procedure commits each statement, unless its CALL has joined a transaction */
const commitAlone = `if coalesce(current_setting('redshift.joined', true), '') <> 'on' then commit; end if;`;
const nested = `raise exception 'a procedure has one cursor open at a time: nested cursors are not supported' using errcode = '0A000';`;

/** RAISE alone in a handler */
const raisedAgain = (isHandling: boolean) =>
  isHandling ? `raise exception '%', caught_sqlerrm using errcode = caught_sqlstate;` : 'raise;';

/** a statement as it would run alone, and whether it commits */
function statementOf(word: string, part: Token[], planOf: PlanOf): { lines: string[]; commits: boolean } {
  if (word === 'execute') {
    const { lines, commits } = executed(part, planOf);
    return { lines, commits };
  }
  const inner = withoutEnd(part);
  if (word === 'select' || word === 'with') return { lines: selected(inner, planOf), commits: false };
  if (word === 'perform') {
    const plan = planOf(inner.map((token, at) => (at === 0 ? { ...token, text: 'select' } : token)));
    return { lines: planned(plan, part).map((line) => line.replace(/^select\b/, 'perform')), commits: false };
  }
  const plan = planOf(inner);
  return { lines: planned(plan, part), commits: plan.commits ?? false };
}

/** SET, LOCK, COMMENT and the like, as they would run alone */
function otherStatement(part: Token[], planOf: PlanOf): string {
  if (isWord(part[0], 'set') && isWord(part[1], 'local'))
    throw new Refusal(rule, 'SET LOCAL cannot run in a procedure');
  const plan = planOf(withoutEnd(part));
  if (plan.command || plan.kind === 'control' || plan.kind === 'maintenance')
    throw new Refusal(rule, `${part[0]?.text.toUpperCase()} in a procedure is not honoured here`);
  return [...around(plan.before), `${plan.sql};`, ...around(plan.after)].join('\n');
}

/** IF, WHILE, FOR, OPEN, an assignment; the query of FOR and OPEN is one as it would run alone */
function control(part: Token[], catalog: Catalog, planOf: PlanOf): string {
  if (isWord(part[0], 'raise')) checkRaise(part);
  if (isWord(part[0], 'get') && isWord(part[1], 'stacked'))
    throw new Refusal(rule, 'Redshift has no GET STACKED DIAGNOSTICS');
  const opener = isWord(part[0], 'for') ? 'in' : isWord(part[0], 'open') ? 'for' : '';
  const at = part.findIndex(
    (token, index) => isWord(token, 'select', 'with', 'execute') && isWord(part[index - 1], opener),
  );
  if (opener === '' || at < 0) return render(rewriteQuery(part, catalog));
  const head = render(part.slice(0, at));
  const last = render(part.slice(-1));
  if (!isWord(part[at], 'execute')) return `${head} ${planOf(part.slice(at, -1)).sql} ${last}`;
  const { tokens, values } = putTogether(part.slice(at + 1, endOfText(part, at + 1)));
  return `${head} execute ${expressionOf(planOf(tokens).sql, values)} ${last}`;
}

/** EXECUTE '...' || value [INTO variables], of a statement that is held to the rules */
function executed(part: Token[], planOf: PlanOf): { lines: string[]; commits: boolean } {
  const end = endOfText(part, 1);
  if (isWord(part[end], 'using'))
    throw new Refusal(rule, 'Redshift has no EXECUTE ... USING: put the value into the text');
  const { tokens, values } = putTogether(part.slice(1, end));
  const plan = planOf(tokens);
  if (plan.command || plan.kind === 'control' || tokens.length === 0)
    throw new Refusal(
      rule,
      `EXECUTE of ${tokens[0]?.text.toUpperCase()} is not honoured here: write it as a statement`,
    );
  const run = (sql: string) => `execute ${expressionOf(sql, values)}`;
  return {
    lines: [
      ...(plan.before ?? []).map((sql) => `${run(sql)};`),
      `${run(plan.sql)} ${render(part.slice(end))}`,
      ...(plan.after ?? []).map((sql) => `${run(sql)};`),
    ],
    commits: plan.commits ?? false,
  };
}

const withoutEnd = (part: Token[]) => (isSign(part.at(-1), ';') ? part.slice(0, -1) : part);

/** the semicolon of a statement, or the word that opens a block behind a condition */
function endOf(tokens: Token[], start: number): number {
  const isCondition = isWord(tokens[start], 'if', 'elsif', 'elseif', 'while', 'for', 'when', 'exception', 'case');
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    if (isSign(tokens[at], '(')) depth++;
    if (isSign(tokens[at], ')')) depth--;
    if (depth > 0) continue;
    if (isSign(tokens[at], ';')) return at;
    if (isCondition && isWord(tokens[at], 'then', 'loop') && at > start) return at;
  }
  return tokens.length - 1;
}

/** name type [:= value] */
function declaration(part: Token[], catalog: Catalog, planOf: PlanOf): string {
  const [name] = part;
  if (isWord(part[1], 'scroll', 'no')) throw new Refusal(rule, 'Redshift has no SCROLL cursors');
  const at = isWord(part[1], 'constant') ? 2 : 1;
  const isOther =
    isWord(part[at], 'record', 'refcursor', 'cursor', 'alias') || part.some((token) => isSign(token, '%'));
  const query = part.findIndex(
    (token, index) => isWord(token, 'select', 'with') && isWord(part[index - 1], 'for', 'is'),
  );
  if (query > 0) return `${render(part.slice(0, query - 1))} for ${planOf(withoutEnd(part.slice(query))).sql};`;
  if (isOther || name === undefined) return render(rewriteQuery(part, catalog));
  checkExpressions(part, planOf);
  const { type, end } = parseType(part, at, true);
  if (
    !isSign(part[end], ';') &&
    !isSign(part[end], ':') &&
    !isSign(part[end], '=') &&
    !isWord(part[end], 'default', 'not')
  )
    throw new Refusal(rule, `syntax error at or near "${part[end]?.text}" in a declaration`);
  const rest = render(rewriteQuery(part.slice(end), catalog));
  return `${name.text} ${at === 2 ? 'constant ' : ''}${type.pg} ${rest}`;
}

/** SELECT ... INTO variables, which come before or after the select list: PL/pgSQL takes them at the end too */
function selected(part: Token[], planOf: PlanOf): string[] {
  let depth = 0;
  const at = part.findIndex((token) => {
    if (isSign(token, '(')) depth++;
    if (isSign(token, ')')) depth--;
    return depth === 0 && isWord(token, 'into');
  });
  if (at < 0) return planned(planOf(part), part);
  let end = at + 2;
  while (isSign(part[end], '.') || isSign(part[end], ',')) end += 2;
  const all = planned(planOf([...part.slice(0, at), ...part.slice(end)]), part);
  const last = all.findLastIndex((line) => /^(select|with)\b/.test(line));
  return all.map((line, index) =>
    index === last ? `${line.replace(/;$/, '')} ${render(part.slice(at, end))};` : line,
  );
}

const around = (all: string[] = []) => all.map((sql) => `${sql.replace(/^select\b/, 'perform')};`);

/** what goes before and after a statement goes with it */
function planned(plan: Plan, part: Token[]): string[] {
  const isKept = plan.kind === 'query' || plan.kind === 'write' || plan.kind === 'ddl';
  if (plan.command || !isKept)
    throw new Refusal(rule, `${part[0]?.text.toUpperCase()} in a procedure is not honoured here`);
  return [...around(plan.before), `${plan.sql};`, ...around(plan.after)];
}

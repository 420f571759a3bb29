import { literal } from './literal.js';
import type { Plan } from './plan.js';
import type { Catalog } from './query/scope.js';
import { Refusal } from './refusal.js';
import { rewriteQuery } from './rewrite.js';
import { isSign, isWord, render, stringValue, tokenize, type Token } from './tokens.js';
import { parseType } from './types.js';

const rule = 'procedure';
const statements = 'select with insert update delete merge create drop alter truncate call grant revoke analyze'.split(
  ' ',
);
/** what a statement may come behind, without a semicolon */
const openers = ['begin', 'then', 'else', 'loop', 'declare'];
const refused: Record<string, string> = {
  execute: 'EXECUTE of a text that is put together is not honoured here: it is not known, and so not checked',
  commit: 'COMMIT in a procedure is not honoured here: the caller commits',
  rollback: 'ROLLBACK in a procedure is not honoured here: RAISE EXCEPTION undoes all',
  perform: 'Redshift has no PERFORM: use SELECT ... INTO a variable',
  copy: 'COPY in a procedure is not honoured here: send it on its own',
  unload: 'UNLOAD in a procedure is not honoured here: send it on its own',
  vacuum: 'VACUUM cannot run in a procedure: it needs a transaction of its own',
  prepare: 'PREPARE cannot run in a procedure',
  deallocate: 'DEALLOCATE cannot run in a procedure',
};

/** a body in PL/pgSQL: statements as each would run alone, conditions and values in PostgreSQL's words */
export function procedureBody(tokens: Token[], catalog: Catalog, planOf: (tokens: Token[]) => Plan): string {
  const out: string[] = [];
  let isDeclaring = false;
  /** of each block that is open: whether its handler has begun */
  const blocks: boolean[] = [];
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at];
    const word = token?.kind === 'word' ? token.text : '';
    const written = word === 'execute' ? writtenText(tokens, at) : undefined;
    const why = written ? undefined : Object.hasOwn(refused, word) ? refused[word] : undefined;
    if (why) throw new Refusal(rule, why);
    if (word === 'declare' || word === 'begin') isDeclaring = word === 'declare';
    if (word === 'begin') blocks.push(false);
    if (word === 'exception') blocks.splice(-1, 1, beginsHandler(tokens, at));
    const isBlockEnd = word === 'end' && !isWord(tokens[at + 1], 'if', 'loop', 'case');
    if (isBlockEnd && blocks.pop()) out.push(noteError);
    const end = openers.includes(word) ? at : endOf(tokens, at);
    const part = tokens.slice(at, end + 1);
    if (openers.includes(word) || isSign(token, ';')) out.push(token?.text ?? '');
    else if (written) out.push(executed(part, written, planOf));
    else if (isDeclaring) out.push(declaration(part, catalog));
    else if (word === 'select' || word === 'with') out.push(...selected(withoutEnd(part), planOf));
    else if (statements.includes(word))
      out.push(...planned(planOf(withoutEnd(part)), part), ...(word === 'call' ? [leave] : []));
    else out.push(control(part, catalog, planOf));
    at = end + 1;
  }
  return out.join('\n');
}

/** where a handler ends, its work is kept and the error thrown again: the service does so after CALL, which no block of PostgreSQL can */
const noteError = `perform set_config('redshift.rethrown', sqlstate || ' ' || sqlerrm, true); return;`;
const leave = `if coalesce(current_setting('redshift.rethrown', true), '') <> '' then return; end if;`;

function beginsHandler(tokens: Token[], at: number): true {
  const [, when, what, then] = tokens.slice(at, at + 4);
  if (!isWord(when, 'when') || !isWord(what, 'others') || !isWord(then, 'then'))
    throw new Refusal(rule, `EXCEPTION takes WHEN OTHERS THEN only, got ${what?.text ?? 'nothing'}`);
  return true;
}

/** IF, WHILE, FOR, an assignment; the query of FOR is one as it would run alone */
function control(part: Token[], catalog: Catalog, planOf: (tokens: Token[]) => Plan): string {
  const at = part.findIndex((token, index) => isWord(token, 'select', 'with') && isWord(part[index - 1], 'in'));
  if (!isWord(part[0], 'for') || at < 0) return render(rewriteQuery(part, catalog));
  return `${render(part.slice(0, at))} ${planOf(part.slice(at, -1)).sql} ${render(part.slice(-1))}`;
}

/** of EXECUTE: the statement, where it is one literal */
function writtenText(tokens: Token[], at: number): Token[] | undefined {
  const [text, next] = [tokens[at + 1], tokens[at + 2]];
  return text?.kind === 'string' && (isSign(next, ';') || isWord(next, 'into'))
    ? tokenize(stringValue(text))
    : undefined;
}

/** EXECUTE '...' [INTO variables], of a statement that is held to the rules */
function executed(part: Token[], written: Token[], planOf: (tokens: Token[]) => Plan): string {
  const plan = planOf(written);
  if (plan.command || plan.kind === 'control')
    throw new Refusal(
      rule,
      `EXECUTE of ${written[0]?.text.toUpperCase()} is not honoured here: write it as a statement`,
    );
  const itself = `execute ${literal(plan.sql)} ${render(part.slice(2))}`;
  return [...around(plan.before), itself, ...around(plan.after)].join(' ');
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
function declaration(part: Token[], catalog: Catalog): string {
  const [name] = part;
  const at = isWord(part[1], 'constant') ? 2 : 1;
  const isOther =
    isWord(part[at], 'record', 'refcursor', 'cursor', 'alias') || part.some((token) => isSign(token, '%'));
  if (isOther || name === undefined) return render(rewriteQuery(part, catalog));
  const { type, end } = parseType(part, at, true);
  const rest = render(rewriteQuery(part.slice(end), catalog));
  return `${name.text} ${at === 2 ? 'constant ' : ''}${type.pg} ${rest}`;
}

/** SELECT ... INTO variables, which come before or after the select list: PL/pgSQL takes them at the end too */
function selected(part: Token[], planOf: (tokens: Token[]) => Plan): string[] {
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

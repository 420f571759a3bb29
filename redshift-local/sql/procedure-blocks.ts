import { Refusal } from './refusal.js';
import { isWord, type Token } from './tokens.js';

/** BEGIN ... [EXCEPTION ...] END, by the places of its words */
export interface Block {
  begin: number;
  exception?: number;
  end: number;
  /** something in it ends the transaction: PostgreSQL's own handler would forbid that */
  isEnding: boolean;
}

/** every block of a body */
export function blocksOf(tokens: Token[], isNonatomic: boolean): Block[] {
  const open: Block[] = [];
  const all: Block[] = [];
  tokens.forEach((token, at) => {
    if (token.kind !== 'word') return;
    const { text } = token;
    if (text === 'begin') open.push({ begin: at, end: tokens.length, isEnding: isNonatomic });
    if (text === 'commit' || text === 'rollback' || text === 'truncate')
      for (const block of open) block.isEnding = true;
    const block = open.at(-1);
    if (text === 'exception' && isWord(tokens[at + 1], 'when') && block) {
      checkHandler(tokens, at);
      block.exception = at;
    }
    if (text === 'end' && !isWord(tokens[at + 1], 'if', 'loop', 'case') && block && !isEndOfCase(tokens, at)) {
      block.end = at;
      all.push(block);
      open.pop();
    }
  });
  return all;
}

/** END of a CASE inside of an expression: its CASE comes first, going back */
function isEndOfCase(tokens: Token[], end: number): boolean {
  let depth = 1;
  for (let at = end - 1; at >= 0 && !(tokens[at]?.kind === 'sign' && tokens[at]?.text === ';'); at--) {
    if (isWord(tokens[at], 'end')) depth++;
    if (isWord(tokens[at], 'case')) depth--;
    if (depth === 0) return true;
  }
  return false;
}

function checkHandler(tokens: Token[], at: number): void {
  const [, when, what, then] = tokens.slice(at, at + 4);
  if (!isWord(when, 'when') || !isWord(what, 'others') || !isWord(then, 'then'))
    throw new Refusal('procedure', `EXCEPTION takes WHEN OTHERS THEN only, got ${what?.text ?? 'nothing'}`);
}

import { framed } from './functions.js';
import { Refusal } from './refusal.js';

const refuse = (rule: string, reason: string): never => {
  throw new Refusal(rule, reason);
};

const rowsBit = 0x4;
const nonDefaultBit = 0x1;

const startFollowing = 0x2000;
const endFollowing = 0x4000;

/** rows from the current one to a boundary that is a number; NaN of any other */
function boundary(offset: unknown, isFollowing: number): number {
  const rows = (offset as { A_Const?: { ival?: { ival?: number } } } | undefined)?.A_Const?.ival?.ival;
  return rows === undefined ? NaN : rows * (isFollowing ? 1 : -1);
}

interface Literal {
  A_Const?: { sval?: unknown };
}
const isText = (item: Literal & { SortBy?: { node?: Literal } }) =>
  (item.SortBy?.node ?? item).A_Const?.sval !== undefined;

/** OVER as Redshift takes it: frames in rows, and where they belong */
export function checkWindow(name: string, over: Record<string, unknown>): void {
  if (over['name'] !== undefined) refuse('named window', 'Redshift has no named windows');
  const constants = [over['partitionClause'], over['orderClause']].flatMap((list) => (Array.isArray(list) ? list : []));
  if (constants.some(isText)) refuse('window of a literal', 'PARTITION BY and ORDER BY take no string literals');
  const options = Number(over['frameOptions'] ?? 0);
  const isFramed = (options & nonDefaultBit) !== 0;
  if (isFramed && (options & rowsBit) === 0) refuse('window frame', 'Redshift frames are ROWS only');
  if (boundary(over['startOffset'], options & startFollowing) > boundary(over['endOffset'], options & endFollowing))
    refuse('window frame', 'a frame does not begin behind its end');
  if (!isFramed && over['orderClause'] !== undefined && framed.has(name)) {
    refuse('window frame', 'Aggregate window functions with an ORDER BY clause require a frame clause');
  }
  if (over['orderClause'] !== undefined && name === 'median')
    refuse('window frame', 'the window of MEDIAN takes PARTITION BY only');
  if (isFramed && !framed.has(name)) refuse('window frame', `${name.toUpperCase()} takes no frame clause`);
}

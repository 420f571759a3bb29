/** one wait for a slot of a pool; a step that is tried again by a person, or a run that is reset, makes another */
export interface Claim {
  id: string;
  workflowId: string;
  runId: string;
  /** epoch ms at which it began to wait: its turn, whatever becomes of the pool's workflow meanwhile */
  since: number;
}

/** what a run sends again and again while it waits or holds; the newest number of slots counts */
export interface Ask extends Claim {
  slots: number;
  /** it was granted its slot, and has it still */
  holds?: true;
}

export interface KnownClaim extends Claim {
  /** epoch ms of the last sign that its run goes on */
  heardAt: number;
  grantedAt?: number;
}

/** plain data, which one execution of the pool's workflow hands to the next */
export interface PoolState {
  slots: number;
  /** more than slots only after the number was lowered */
  holders: KnownClaim[];
  /** in order of their turns */
  waiting: KnownClaim[];
  /** epoch ms before which no slot is granted: holders that a lost execution knew have said so again by then */
  quietUntil?: number;
}

const minute = 60_000;
/** ms after which a run that waits asks again, in case the pool's workflow was lost; later, its history has to last */
export const waiterAsksEvery = 5 * minute;
export const oldWaiterAsksEvery = 15 * minute;
/** ms after which a run that holds a slot says so again */
export const holderAsksEvery = 10 * minute;
/** ms in which every holder asks at least once */
export const allHoldersAsk = holderAsksEvery + minute;

/** ms of silence after which it is found out whether a run goes on */
const holderMayBeSilent = 3 * minute;
const waiterMayBeSilent = oldWaiterAsksEvery + 5 * minute;

export function emptyPool(): PoolState {
  return { slots: 1, holders: [], waiting: [] };
}

/** true: the run has a slot and does not know it yet, so it has to be said again */
export function ask(pool: PoolState, { slots, holds, ...claim }: Ask, now: number): boolean {
  pool.slots = slots;
  const holder = pool.holders.find(({ id }) => id === claim.id);
  const waiter = pool.waiting.find(({ id }) => id === claim.id);
  const known = holder ?? waiter ?? { ...claim, heardAt: now };
  known.heardAt = now;
  if (holder) return !holds;
  if (holds) {
    if (waiter) leave(pool, claim.id);
    pool.holders.push({ ...known, grantedAt: now });
  } else if (!waiter) {
    const later = pool.waiting.findIndex(({ since }) => since > claim.since);
    pool.waiting.splice(later < 0 ? pool.waiting.length : later, 0, known);
  }
  return false;
}

/** a run stops waiting, or gives its slot back; one that is not known is ignored, since signals may come twice */
export function leave(pool: PoolState, id: string): void {
  pool.holders = pool.holders.filter((claim) => claim.id !== id);
  pool.waiting = pool.waiting.filter((claim) => claim.id !== id);
}

/** gives what is free to those that have waited longest, who have to be told */
export function grant(pool: PoolState, now: number): KnownClaim[] {
  if (now < (pool.quietUntil ?? 0)) return [];
  delete pool.quietUntil;
  const free = Math.max(0, pool.slots - pool.holders.length);
  const granted = pool.waiting.splice(0, free).map((claim) => ({ ...claim, grantedAt: now }));
  pool.holders.push(...granted);
  return granted;
}

/** those of whom nothing was heard for long: they may have ended without a word */
export function silent({ holders, waiting }: PoolState, now: number): { holders: KnownClaim[]; waiting: KnownClaim[] } {
  const since = (ms: number) => (claim: KnownClaim) => now - claim.heardAt >= ms;
  return { holders: holders.filter(since(holderMayBeSilent)), waiting: waiting.filter(since(waiterMayBeSilent)) };
}

/** a sign that its run goes on */
export function hear({ holders, waiting }: PoolState, id: string, now: number): void {
  for (const claim of [...holders, ...waiting]) if (claim.id === id) claim.heardAt = now;
}

export function isEmpty({ holders, waiting }: PoolState): boolean {
  return holders.length === 0 && waiting.length === 0;
}

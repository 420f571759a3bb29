import {
  allHoldersAsk,
  ask,
  emptyPool,
  grant,
  hear,
  holderAsksEvery,
  isEmpty,
  leave,
  silent,
  waiterAsksEvery,
  type Ask,
  type Claim,
  type PoolState,
} from '../../model/slots.js';

/** a run as the pool's protocol sees it; another claim begins a new one */
interface Run {
  claim: Claim;
  state: 'waiting' | 'holding' | 'over';
  /** ended, so that the server delivers nothing to it */
  isClosed: boolean;
  askedAt: number;
}

type Signal = { kind: 'ask'; ask: Ask } | { kind: 'leave'; id: string } | { kind: 'slot'; to: Claim; holds: boolean };

const tick = 60_000;

/** runs, one pool and the signals between them, in any order: what workflows and server do, without either */
export function poolWorld(slots: number, most: number) {
  const runs: Run[] = [];
  let signals: Signal[] = [];
  let pool: PoolState = emptyPool();
  let now = 0;
  let claims = 0;

  const send = (signal: Signal) => void signals.push(signal);
  const living = () => runs.filter(({ state, isClosed }) => !isClosed && state !== 'over');
  const pick = <T>(items: T[], which: number): T | undefined => items[which % items.length];

  function askOf(run: Run): void {
    run.askedAt = now;
    send({ kind: 'ask', ask: { ...run.claim, slots, ...(run.state === 'holding' && { holds: true }) } });
  }

  function begin(workflowId: string): void {
    const claim = { id: `claim ${claims++}`, workflowId, runId: `run ${claims}`, since: now };
    const run: Run = { claim, state: 'waiting', isClosed: false, askedAt: now };
    runs.push(run);
    askOf(run);
  }

  function over(run: Run | undefined): void {
    if (!run) return;
    run.state = 'over';
    send({ kind: 'leave', id: run.claim.id });
  }

  const grantAll = () => {
    for (const claim of grant(pool, now)) send({ kind: 'slot', to: claim, holds: true });
  };

  function deliver(signal: Signal): void {
    if (signal.kind === 'ask' && ask(pool, signal.ask, now)) send({ kind: 'slot', to: signal.ask, holds: true });
    if (signal.kind === 'leave') leave(pool, signal.id);
    if (signal.kind === 'slot') receive(signal);
    grantAll();
  }

  /** the server refuses to deliver to what has ended, and the pool learns of it */
  function receive({ to, holds }: Extract<Signal, { kind: 'slot' }>): void {
    const run = runs.find(({ claim }) => claim.runId === to.runId);
    if (!run || run.isClosed) return leave(pool, to.id);
    hear(pool, to.id, now);
    if (run.state === 'over') send({ kind: 'leave', id: to.id });
    else if (holds) run.state = 'holding';
  }

  function passTime(): void {
    now += tick;
    for (const run of living()) {
      const every = run.state === 'holding' ? holderAsksEvery : waiterAsksEvery;
      // an ask is an activity, which is tried until it has arrived
      if (now - run.askedAt >= every) {
        askOf(run);
        const asked = signals.pop();
        if (asked) deliver(asked);
      }
    }
    const quiet = silent(pool, now);
    for (const to of quiet.holders) send({ kind: 'slot', to, holds: true });
    for (const to of quiet.waiting) send({ kind: 'slot', to, holds: false });
    grantAll();
  }

  function deliverAll(): void {
    while (signals.length > 0) {
      const [signal, ...rest] = signals;
      signals = rest;
      if (signal) deliver(signal);
    }
  }

  function happen(what: string, which: number): void {
    const alive = living();
    if (what === 'begin' && alive.length < most) begin(`run-${which % most}`);
    if (what.startsWith('deliver') && signals.length > 0) {
      const at = which % signals.length;
      const [signal] = what === 'deliver' ? signals.splice(at, 1) : signals.slice(at, at + 1);
      if (signal) deliver(signal);
    }
    const some = pick(alive, which);
    if (what === 'end')
      over(
        pick(
          alive.filter(({ state }) => state === 'holding'),
          which,
        ),
      );
    if (what === 'cancel') over(some);
    if (what === 'terminate' && some) some.isClosed = true;
    if (what === 'reset' && some) {
      // the execution that was reset is terminated; the new one claims a slot of its own
      some.isClosed = true;
      begin(some.claim.workflowId);
    }
    if (what === 'pass time') passTime();
    if (what === 'lose the pool') {
      // what the pool had sent was sent by the server; what was sent to it since arrives at the new one
      pool = { ...emptyPool(), quietUntil: now + allHoldersAsk };
    }
    if (what === 'continue as new') pool = JSON.parse(JSON.stringify(pool)) as PoolState;
  }

  return {
    happen,
    deliverAll,
    holding: () => living().filter(({ state }) => state === 'holding').length,
    living: () => living().length,
    /** everything arrives, time passes, and those that hold come to their end */
    settle() {
      deliverAll();
      passTime();
      deliverAll();
      over(living().find(({ state }) => state === 'holding'));
      deliverAll();
    },
    /** within the time that it takes to find out who has ended without a word */
    isIdle() {
      for (let ticks = 0; ticks < 60 && !isEmpty(pool); ticks++) {
        passTime();
        deliverAll();
      }
      return isEmpty(pool);
    },
  };
}

import {
  continueAsNew,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { join, leave, prune, type HostRateState, type RateAsk } from '../model/host-rate.js';

const joinSignal = defineSignal<[RateAsk]>('join');
const leaveSignal = defineSignal<[{ id: string }]>('leave');
const stateQuery = defineQuery<HostRateState>('state');

interface HostRateInput {
  host: string;
  carried?: HostRateState;
}

/** shares the requests to one host among the workers that ask it; each looks up its share once in ten seconds */
export async function hostRate({ host, carried }: HostRateInput): Promise<void> {
  const state = carried ?? { entries: [] };
  setHandler(joinSignal, (asked) => join(state, asked, Date.now()));
  setHandler(leaveSignal, ({ id }) => leave(state, id, Date.now()));
  setHandler(stateQuery, () => state);
  for (;;) {
    await sleep('1 minute');
    prune(state, Date.now());
    if (state.entries.length === 0) return;
    setCurrentDetails(
      state.entries
        .map(({ id, weight, perSecond }) => `- ${id}: weight ${weight}, at most ${perSecond} a second`)
        .join('\n'),
    );
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof hostRate>({ host, carried: state });
  }
}

import { isCancellation, log } from '@temporalio/workflow';
import { selectionKey, type DbtNeed, type DbtSelection } from '../model/dbt.js';
import { route } from './route.js';

interface Arranging {
  /** built for at the moment */
  building: DbtNeed[];
  /** of those that wait one for each distinct selection, in the order in which they came */
  wanted: DbtNeed[];
  most: number;
  heartbeatTimeout: number;
}

/** the needs of each build that can begin; `waiting` may have changed while a worker looked at the project */
export async function arrangedNeeds(
  { building, wanted, most, heartbeatTimeout }: Arranging,
  waiting: Map<string, DbtNeed>,
): Promise<DbtNeed[][]> {
  const { arrangeBuilds } = route({
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout,
    retry: { maximumAttempts: 3 },
  });
  try {
    const { builds } = await arrangeBuilds({
      building: distinct(building).map(selectionOf),
      wanted: wanted.map((need) => ({ ...selectionOf(need), ...(need.fullRefresh && { fullRefresh: true }) })),
      most,
    });
    const keys = wanted.map(kindKey);
    return builds
      .map((places) => {
        const own = new Set(places.map((place) => keys[place]));
        return [...waiting.values()].filter((need) => own.has(kindKey(need)));
      })
      .filter((needs) => needs.length > 0);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('builds were not arranged side by side', { error: String(error) });
    // the build says what is wrong with the project; beside one that is under way, none begins
    return building.length > 0 || waiting.size === 0 ? [] : [together([...waiting.values()])];
  }
}

/** all that wait, or those of the first one's kind: a full refresh shares a build with its like only */
export function together(needs: DbtNeed[]): DbtNeed[] {
  return needs.filter(({ fullRefresh = false }) => fullRefresh === (needs[0]?.fullRefresh ?? false));
}

/** one need for each selection and kind, the first of them */
export function distinct(needs: DbtNeed[]): DbtNeed[] {
  return needs.filter((need, at) => needs.findIndex((other) => kindKey(other) === kindKey(need)) === at);
}

export function selectionOf({ select, loaded, failed }: DbtNeed): DbtSelection {
  return { select, ...(loaded && { loaded }), ...(failed && { failed }) };
}

const kindKey = (need: DbtNeed) => `${selectionKey(need)}${need.fullRefresh ? ' in full' : ''}`;

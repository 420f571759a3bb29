import type { KnownClaim, PoolState } from '../model/slots.js';

const runsShown = 20;

/** what the Web UI shows of a pool: who holds a slot, who waits for one */
export function poolDetails({ slots, holders, waiting, quietUntil }: PoolState): string {
  const lines = [`**${holders.length} of ${slots}** slots taken${holders.length > 0 ? `: ${named(holders)}` : ''}`];
  if (waiting.length > 0) lines.push(`**${waiting.length}** waiting: ${named(waiting)}`);
  if (quietUntil !== undefined) {
    lines.push(`it has to find its holders again: no slot is granted before ${new Date(quietUntil).toISOString()}`);
  }
  return lines.join('\n\n');
}

function named(claims: KnownClaim[]): string {
  const shown = claims.slice(0, runsShown).map(({ workflowId }) => workflowId);
  return `${shown.join(', ')}${claims.length > runsShown ? ` and ${claims.length - runsShown} more` : ''}`;
}

import { simulateFleet, type FleetEvent } from './door2door-fleet.js';

export interface SimulatedFile {
  name: string;
  modified: Date;
  text: string;
}

const from = Date.parse('2022-11-24T10:00:00Z');
const to = Date.parse('2022-11-24T12:00:00Z');
const firstFile = 4_000;
const everyFile = 40_000;

/** lines that are not as documented, by the number of the file that carries them */
const faulty: Record<number, (event: FleetEvent) => string> = {
  31: (event) => JSON.stringify(event).slice(0, 60),
  77: (event) => JSON.stringify({ ...event, at: 'yesterday' }),
  140: (event) =>
    JSON.stringify({ ...event, data: { ...event.data, location: { lat: 152.5, lng: 13.4, at: event.at } } }),
};

/** two simulated hours of the Door2Door feed, the same for ever: a file every 40 seconds */
export function simulatedFiles(): SimulatedFile[] {
  const events = simulateFleet(from, to);
  const files: SimulatedFile[] = [];
  let next = 0;
  for (let at = from + firstFile; at < to; at += everyFile) {
    const first = next;
    while ((events[next]?.sentAt ?? Infinity) <= at) next += 1;
    const lines = events.slice(first, next).map(({ event }) => JSON.stringify(event));
    const carrier = events.slice(first, next).find(({ event }) => event.event === 'update');
    const fault = faulty[files.length];
    if (fault && carrier) lines.push(fault(carrier.event));
    // the real files end without a newline
    files.push({ name: nameOf(at), modified: new Date(at), text: lines.join('\n') });
  }
  return files;
}

/** parts are not zero-padded, as in the real bucket */
function nameOf(at: number): string {
  const time = new Date(at);
  const day = time.toISOString().slice(0, 10);
  return `${day}-${time.getUTCHours()}-${time.getUTCMinutes()}-${time.getUTCSeconds()}-events.json`;
}

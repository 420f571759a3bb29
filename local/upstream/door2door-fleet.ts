export interface FleetEvent {
  event: 'register' | 'update' | 'deregister' | 'create' | 'delete';
  on: 'vehicle' | 'operating_period';
  at: string;
  data: Record<string, unknown>;
  organization_id: string;
}

export interface SentEvent {
  sentAt: number;
  event: FleetEvent;
}

const vehicles = 8;
const everyUpdate = 10_000;
const minute = 60_000;
const organizations = ['simulated-org-1', 'simulated-org-2'] as const;

const periods = [
  { id: 'op_1', organization: 0, start: 2, finish: 45 },
  { id: 'op_2', organization: 0, start: 50, finish: 110 },
  { id: 'op_3', organization: 1, start: 20, finish: 100, deletedAt: 75 },
] as const;

/** what the simulated fleet sends in `[from, to)`, in order; the same for ever */
export function simulateFleet(from: number, to: number): SentEvent[] {
  const sent = [...periodEvents(from)];
  for (let vehicle = 0; vehicle < vehicles; vehicle += 1) sent.push(...drive(vehicle, from, to));
  return sent.sort((a, b) => a.sentAt - b.sentAt);
}

function periodEvents(from: number): SentEvent[] {
  return periods.flatMap((period) => {
    const organization_id = organizations[period.organization];
    const data = {
      id: period.id,
      start: time(from + period.start * minute),
      finish: time(from + period.finish * minute),
    };
    const event = (name: 'create' | 'delete', sentAt: number): SentEvent => ({
      sentAt,
      event: { event: name, on: 'operating_period', at: time(sentAt), data, organization_id },
    });
    const created = event('create', from + period.start * minute);
    return 'deletedAt' in period ? [created, event('delete', from + period.deletedAt * minute)] : [created];
  });
}

/** a walk through Berlin with a position every ten seconds and a few gaps */
function drive(vehicle: number, from: number, to: number): SentEvent[] {
  const random = randomFrom(vehicle + 1);
  const id = `51c0ffee-0000-4000-8000-${String(vehicle + 1).padStart(12, '0')}`;
  const organization_id = organizations[vehicle < 5 ? 0 : 1];
  const sent: SentEvent[] = [];
  const send = (event: 'register' | 'update' | 'deregister', sentAt: number, data: Record<string, unknown>) =>
    sent.push({ sentAt, event: { event, on: 'vehicle', at: time(sentAt), data: { id, ...data }, organization_id } });

  let latitude = 52.5 + (random() - 0.5) / 10;
  let longitude = 13.4 + (random() - 0.5) / 5;
  let heading = random() * 2 * Math.PI;
  const first = from + Math.floor(random() * 3_000);
  send('register', first, {});
  for (let step = 1; first + step * everyUpdate < to - 2 * minute; step += 1) {
    const sentAt = first + step * everyUpdate + Math.floor(random() * 900);
    heading += (random() - 0.5) / 2;
    latitude += Math.cos(heading) * 0.0007;
    longitude += Math.sin(heading) * 0.0011;
    const position = { lat: rounded(latitude), lng: rounded(longitude), at: time(sentAt - 120) };
    send('update', sentAt, located(vehicle, step, position));
  }
  send('deregister', to - 2 * minute + vehicle * 1_000, {});
  return sent;
}

/** by the feed's documentation a position may be unknown, and so may its time */
function located(vehicle: number, step: number, position: { lat: number; lng: number; at: string }) {
  if (vehicle === 2 && step % 300 === 150) return {};
  if (vehicle === 6 && step === 200) return { location: { lat: null, lng: null, at: null } };
  if (vehicle === 4 && step % 60 === 0) return { location: { ...position, lat: null, lng: null } };
  return { location: position };
}

const time = (at: number) => new Date(at).toISOString();
const rounded = (degrees: number) => Math.round(degrees * 100_000) / 100_000;

/** mulberry32: small, seeded, the same on every machine */
function randomFrom(seed: number): () => number {
  let state = seed * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

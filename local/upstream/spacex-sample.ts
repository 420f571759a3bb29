/** invented launches in the shape of the SpaceX API v4; none of them took place */
export function simulatedLaunches(): unknown[] {
  // not in date order, as the API answers
  const order = [4, 1, 9, 2, 12, 7, 3, 11, 5, 10, 6, 8];
  return order.map((flight) => launch(flight));
}

interface Flown {
  core: string | null;
  flight: number | null;
}

const id = (kind: string, number: number) => `5111${kind}${String(number).padStart(19, '0')}`;
const core = (number: number, flight: number): Flown => ({ core: id('c', number), flight });

const planned: Record<number, { at: string; cores: Flown[]; upcoming?: true; failed?: true }> = {
  1: { at: '2021-01-10T12:00:00.000Z', cores: [core(1, 1)] },
  2: { at: '2021-02-20T06:30:00.000Z', cores: [core(2, 1)] },
  // 49 days and 23 hours after Simulated-1
  3: { at: '2021-03-01T11:00:00.000Z', cores: [core(1, 2)] },
  // no core is known of it
  4: { at: '2021-03-15T00:15:00.000Z', cores: [{ core: null, flight: null }] },
  // exactly 50 days after Simulated-3
  5: { at: '2021-04-20T11:00:00.000Z', cores: [core(1, 3)] },
  6: { at: '2021-06-01T21:45:00.000Z', cores: [core(2, 2)], failed: true },
  // three cores side by side
  7: { at: '2021-08-09T17:00:00.000Z', cores: [core(3, 1), core(4, 1), core(5, 1)] },
  8: { at: '2021-11-30T03:20:10.500Z', cores: [core(1, 4)] },
  9: { at: '2022-01-05T08:00:00.000Z', cores: [core(3, 2)] },
  10: { at: '2022-09-12T19:05:00.000Z', cores: [core(4, 2)] },
  // upcoming: one with a core, one without
  11: { at: '2022-12-10T00:00:00.000Z', cores: [core(1, 5)], upcoming: true },
  12: { at: '2023-02-01T00:00:00.000Z', cores: [{ core: null, flight: null }], upcoming: true },
};

function launch(flight: number): unknown {
  const { at = '', cores = [], upcoming = false, failed = false } = planned[flight] ?? {};
  return {
    fairings: { reused: null, recovery_attempt: null, recovered: null, ships: [] },
    links: {
      patch: { small: null, large: null },
      reddit: { campaign: null, launch: null, media: null, recovery: null },
      flickr: { small: [], original: [] },
      presskit: null,
      webcast: null,
      youtube_id: null,
      article: null,
      wikipedia: null,
    },
    static_fire_date_utc: upcoming ? null : new Date(Date.parse(at) - 5 * 86_400_000).toISOString(),
    static_fire_date_unix: upcoming ? null : Date.parse(at) / 1000 - 5 * 86_400,
    tbd: false,
    net: false,
    window: upcoming ? null : 0,
    rocket: id('a', cores.length > 1 ? 2 : 1),
    success: upcoming ? null : !failed,
    details: 'Simulated: this launch did not take place.',
    crew: [],
    ships: [],
    capsules: [],
    payloads: [id('e', flight)],
    launchpad: id('b', (flight % 2) + 1),
    auto_update: true,
    launch_library_id: null,
    failures: failed ? [{ time: 139, altitude: 40, reason: 'simulated failure' }] : [],
    flight_number: flight,
    name: `Simulated-${flight}`,
    date_utc: at,
    date_unix: Math.floor(Date.parse(at) / 1000),
    date_local: at.replace(/(\.\d+)?Z$/, '+00:00'),
    date_precision: upcoming ? 'day' : 'hour',
    upcoming,
    cores: cores.map((flown) => flownCore(flown, upcoming)),
    id: id('d', flight),
  };
}

function flownCore({ core, flight }: Flown, upcoming: boolean): unknown {
  const landed = core !== null && !upcoming;
  return {
    core,
    flight,
    gridfins: core === null ? null : true,
    legs: core === null ? null : true,
    reused: flight === null ? null : flight > 1,
    landing_attempt: landed ? true : null,
    landing_success: landed ? true : null,
    landing_type: landed ? 'ASDS' : null,
    landpad: landed ? id('f', 1) : null,
  };
}

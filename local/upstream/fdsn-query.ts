import { duration, parseTime } from '../../model/interval.js';

export interface FdsnQuery {
  start: number;
  /** included, as in the service */
  end: number;
  order: 'time' | 'time-asc';
  limit: number;
  /** events without a magnitude are left out where there is one */
  minMagnitude: number | undefined;
}

const known = new Set(['format', 'starttime', 'endtime', 'orderby', 'limit', 'minmagnitude']);
const mostEvents = 20_000;

/** the parameters of the event service that this copy knows; the rest is refused, not ignored */
export function readQuery(parameters: URLSearchParams, now: number): FdsnQuery | { problem: string } {
  const unknown = [...parameters.keys()].find((name) => !known.has(name));
  if (unknown) return { problem: `Unknown parameter "${unknown}".` };

  const format = parameters.get('format');
  if (format !== 'geojson') {
    return { problem: `Bad format value "${format ?? ''}". Valid values are "geojson" (this is a local copy).` };
  }
  const order = parameters.get('orderby') ?? 'time';
  if (order !== 'time' && order !== 'time-asc') {
    return { problem: `Bad orderby value "${order}". Valid values are "time", "time-asc".` };
  }
  const limit = Number(parameters.get('limit') ?? mostEvents);
  if (!Number.isInteger(limit) || limit < 1 || limit > mostEvents) {
    return { problem: `Bad limit value "${parameters.get('limit')}". Valid values are 1 to ${mostEvents}.` };
  }
  const magnitude = parameters.get('minmagnitude');
  const minMagnitude = magnitude === null ? undefined : Number(magnitude || NaN);
  if (Number.isNaN(minMagnitude)) {
    return { problem: `Bad minmagnitude value "${magnitude}". Valid values are numbers.` };
  }
  const start = time(parameters.get('starttime'), now - duration('30 days'));
  if (start === undefined) return { problem: badTime('starttime', parameters) };
  const end = time(parameters.get('endtime'), now);
  if (end === undefined) return { problem: badTime('endtime', parameters) };
  if (start > end) return { problem: 'Bad endtime value: it is before starttime.' };
  return { start, end, order, limit, minMagnitude };
}

function time(text: string | null, fallback: number): number | undefined {
  if (text === null) return fallback;
  try {
    return parseTime(text);
  } catch {
    return undefined;
  }
}

function badTime(name: string, parameters: URLSearchParams): string {
  return `Bad ${name} value "${parameters.get(name)}". Valid values are ISO-8601 timestamps.`;
}

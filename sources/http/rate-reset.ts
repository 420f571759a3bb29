import type { HttpSource } from '../../model/http-source.js';
import { headerOf, type Response } from './response.js';

/** below it a number of seconds is a length of time, not a time since 1970 */
const oldest = 1_000_000_000;

/** when a server that has no request left for us takes more, epoch ms; by the headers that the definition names */
export function rateReset(response: Response, rate: HttpSource['rate'], now: number): number | undefined {
  if (rate?.remaining === undefined || rate.reset === undefined) return undefined;
  const left = headerOf(response, rate.remaining.toLowerCase());
  const reset = headerOf(response, rate.reset.toLowerCase());
  if (left === undefined || reset === undefined || !(Number(left) <= 0)) return undefined;
  const seconds = Number(reset);
  if (Number.isNaN(seconds)) return Number.isNaN(Date.parse(reset)) ? undefined : Date.parse(reset);
  if (seconds >= oldest * 1000) return seconds;
  return seconds >= oldest ? seconds * 1000 : now + seconds * 1000;
}

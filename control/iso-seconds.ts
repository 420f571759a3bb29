import { iso } from '../model/interval.js';

export function isoSeconds(date: Date | undefined): string | null {
  return date ? iso(Math.floor(date.getTime() / 1000) * 1000) : null;
}

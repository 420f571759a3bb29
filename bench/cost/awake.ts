import { ahead, linger } from '../../control/on-demand/decide.js';
import { billedSeconds, type Measured } from '../statements/billed.js';

/** seconds that a run takes beside what the warehouse does: extract, validate, files; an assumption, for hours of some thousand rows */
const outsideWarehouse = 60;

/** part of the time that workers on demand are up: each due time is a wake of its own, as it is for the warehouse, with the two daily ones apart */
export function awakeShare(measured: Measured[]): number {
  const seconds = measured.map((one) => one.aDay * ((ahead + linger) / 1000 + billedSeconds(one) + outsideWarehouse));
  return Math.min(1, seconds.reduce((sum, each) => sum + each, 0) / 86_400);
}

export { startEcsLocal, type EcsLocal, type EcsLocalOptions } from './server.js';
export type { Fault } from './faults.js';

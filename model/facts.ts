/** what an infrastructure and the product must agree on: `waterclock/facts` */
export * from './attributes.js';
export * from './development-server.js';
export { isSecret, secretNames } from './http-source.js';
export * from './keys.js';
export * from './raw-buckets.js';
export * from './roles.js';
export * from './service-metrics.js';
export * from './source-variable.js';
export * from './task-queues.js';
export * from './task.js';

/**
 * Settings of Temporal's development server, as `name=value`. It has one shard, whose queues it reads at most 20 times a second:
 * each step of a workflow would wait for the next twentieth.
 */
export const queueSettings = ['transfer', 'timer', 'visibility'].map(
  (queue) => `history.${queue}ProcessorMaxPollRPS=1000`,
);

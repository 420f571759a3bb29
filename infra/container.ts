/** how a worker of the image is started and asked for its health; the image holds both programs */
export const command: string[] = ['node', 'worker/main.js'];

export const healthCheck = {
  command: ['CMD', 'node', 'worker/health.js'],
  /** seconds */
  interval: 15,
  timeout: 5,
  retries: 4,
  startPeriod: 60,
};

import { DefaultLogger, Runtime } from '@temporalio/worker';

/** one JSON line a message on stderr; metrics for Prometheus where an address is set; SIGHUP ends the worker like SIGTERM */
export function startTelemetry(metricsAddress?: string): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, timestampNanos, message, meta }) => {
      const at = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
      process.stderr.write(`${JSON.stringify({ at, level, message, ...meta })}\n`);
    }),
    ...(metricsAddress && {
      telemetryOptions: { metrics: { prometheus: { bindAddress: metricsAddress, countersTotalSuffix: true } } },
    }),
    shutdownSignals: ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'],
  });
}

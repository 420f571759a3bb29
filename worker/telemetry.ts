import { DefaultLogger, Runtime } from '@temporalio/worker';
import { visible } from '../model/visible.js';

export const shutdownSignals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** one JSON line a message on stderr, without secrets and control characters; metrics for Prometheus where an address is set; SIGHUP ends the worker like SIGTERM */
export function startTelemetry(redact: (text: string) => string, metricsAddress?: string): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, timestampNanos, message, meta }) => {
      const at = new Date(Number(timestampNanos / 1_000_000n)).toISOString();
      const line = JSON.stringify({ at, level, message, ...meta }, attributes);
      // JSON leaves DEL, C1 and what turns the direction of text as they are
      process.stderr.write(`${visible(redact(line))}\n`);
    }),
    ...(metricsAddress && {
      telemetryOptions: { metrics: { prometheus: { bindAddress: metricsAddress, countersTotalSuffix: true } } },
    }),
    shutdownSignals,
  });
}

/** an error has no field of its own that JSON would show */
function attributes(_: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, cause } = value;
  return { name, message, ...(cause !== undefined && { cause }) };
}

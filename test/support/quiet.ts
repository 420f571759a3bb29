import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/** for `MockActivityEnvironment`, which makes one of its own */
export const quietLogger = new DefaultLogger('ERROR', () => undefined);

// what the SDK tells of failures that a test asks for
Runtime.install({
  logger: quietLogger,
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

// what the SDK tells of failures that a test asks for
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

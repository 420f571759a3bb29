import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

// the pinned AWS SDK runs on every Node that this project supports
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// what the SDK tells of failures that a test asks for
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' }) } },
});

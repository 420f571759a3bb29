type Environment = Record<string, string | undefined>;

const loopback = ['127.0.0.1', 'localhost', '::1'];
/** settings of a user's own deployments must never reach the embedded stack's programs */
const foreign = /^(AWS|TEMPORAL|PG|DBT|WATERCLOCK|RCLONE|UPSTREAM|OTEL)_?/;

export const isForeign = (name: string) => foreign.test(name);

/** what every child inherits: the user's environment without other deployments, the clock in UTC, no proxy for loopback */
export function childEnvironment(own: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && !isForeign(name)) kept[name] = value;
  }
  const noProxy = withLoopback(own['no_proxy'] ?? own['NO_PROXY']);
  return { ...kept, ...withoutCalls, TZ: 'UTC', NO_PROXY: noProxy, no_proxy: noProxy };
}

/** no tool looks for news or tells statistics; no profile of the user's is read */
const withoutCalls = {
  DO_NOT_TRACK: '1',
  DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
  DBT_VERSION_CHECK: 'false',
  TEMPORAL_VERSION_CHECK_DISABLED: '1',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
};

export function withLoopback(noProxy: string | undefined): string {
  const names = (noProxy ?? '').split(',').map((name) => name.trim());
  return [...new Set([...names, ...loopback])].filter(Boolean).join(',');
}

const dynamicConfig = '/tmp/dynamic-config.yaml';

/** the server image wants a file of dynamic configuration, and members find each other by the private address of the task */
export const serverScript = [
  'set -eu',
  `export TEMPORAL_BROADCAST_ADDRESS="$(wget -qO- "$ECS_CONTAINER_METADATA_URI_V4" | sed 's/.*"IPv4Addresses":\\["\\([0-9.]*\\)".*/\\1/')"`,
  `printf 'limit.maxIDLength:\\n  - value: 255\\n' > ${dynamicConfig}`,
  'exec /etc/temporal/entrypoint.sh',
].join('\n');

export const dynamicConfigFile = dynamicConfig;

import type { Service } from '../supervisor/service.js';
import { hasWritten } from '../supervisor/ready.js';
import { nodeService } from './node-service.js';
import { knownUsers } from '../warehouse-users.js';
import { region } from './region.js';
import type { ServiceOptions } from './service-options.js';

export function redshiftData({ ports, credentials, environment }: ServiceOptions): Service {
  return nodeService('redshift-local', 'main', {
    name: 'redshift-data',
    port: ports['redshift-data'],
    environment: {
      ...environment,
      PORT: String(ports['redshift-data']),
      WIRE_PORT: String(ports.redshift),
      PGHOST: '127.0.0.1',
      PGPORT: String(ports.postgres),
      PGUSER: 'waterclock',
      PGPASSWORD: credentials.postgresPassword,
      REDSHIFT_LOCAL_USERS: knownUsers(credentials),
      AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${ports.s3}`,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: region,
    },
    ready: hasWritten('redshift-data listening on'),
  });
}

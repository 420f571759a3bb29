import { join } from 'node:path';
import { hasWritten } from '../supervisor/ready.js';
import type { Service } from '../supervisor/service.js';
import { nodeService } from './node-service.js';
import type { ServiceOptions } from './service-options.js';

/** the sources of a project's pipelines: their samples, or the files below a folder */
export function upstream({ state, ports, environment }: ServiceOptions, project: string, data?: string): Service {
  return nodeService('@waterclock/local', 'upstream/main', {
    name: 'upstream',
    port: ports.upstream,
    environment: {
      ...environment,
      PORT: String(ports.upstream),
      UPSTREAM_PROJECT: project,
      UPSTREAM_STATE: join(state, 'upstream'),
      UPSTREAM_DATA: data ?? '',
    },
    ready: hasWritten('upstream listening on'),
  });
}

import type { AirbyteSync } from '../../model/airbyte-sync.js';
import type { Generate } from '../../model/custom-code.js';

/**
 * what runs a sync for an interval and takes the files that it wrote, as code of a source. Every thread and command
 * reads definitions, and the clients of AWS would be most of what it loads: they come with the run that asks
 */
export const syncReader = (sync: AirbyteSync): Generate =>
  async function* (input, host) {
    const { readSync } = await import('./read-sync.js');
    yield* readSync(sync, input, host);
  };

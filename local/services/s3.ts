import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../paths.js';
import { acceptsConnections } from '../supervisor/ready.js';
import type { Service } from '../supervisor/service.js';
import type { ServiceOptions } from './service-options.js';

/** the lake's S3: a bucket is a folder */
export function s3({ state, ports, credentials, environment }: ServiceOptions): Service {
  const folder = join(state, 's3');
  mkdirSync(folder, { recursive: true });
  // read as CSV, hence the quotes; on the command line every user of the machine would see it
  const key = `"${credentials.accessKeyId},${credentials.secretAccessKey}"`;
  return rclone('s3', ports.s3, folder, [], { ...environment, RCLONE_AUTH_KEY: key });
}

/** plays a public bucket: no key, read only, modification times are the files' */
export function upstreamS3({ state, ports, environment }: ServiceOptions): Service {
  const folder = join(state, 'upstream');
  mkdirSync(folder, { recursive: true });
  // files are written beside it: a listing may be a second old (0 makes it hang)
  const flags = ['--read-only', '--copy-links', '--dir-cache-time', '1s'];
  return rclone('upstream-s3', ports['upstream-s3'], folder, flags, environment);
}

/** no hash of what the folder beside it holds anew for each read and write: half of what a server takes of the machine */
const trusting = ['--no-checksum', '--ignore-checksum'];

function rclone(
  name: string,
  port: number,
  folder: string,
  flags: string[],
  environment: Record<string, string>,
): Service {
  const address = ['--addr', `127.0.0.1:${port}`, '--config', '/dev/null'];
  return {
    name,
    port,
    command: tool('rclone'),
    args: ['serve', 's3', ...address, ...trusting, ...flags, folder],
    environment,
    ready: acceptsConnections(port),
  };
}

import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { DriverOptions } from './source-driver.js';

const defaults = { headers: 30_000, silence: 60_000 };
const connectTimeout = 30_000;

let shared: Dispatcher | undefined;

/** one pool of connections for every source; HTTP_PROXY, HTTPS_PROXY and NO_PROXY are respected */
export function httpAgent({ timeouts }: DriverOptions): Dispatcher {
  if (timeouts) return createAgent(timeouts);
  return (shared ??= createAgent(defaults));
}

function createAgent({ headers, silence }: typeof defaults): Dispatcher {
  return new EnvHttpProxyAgent({
    connect: { timeout: connectTimeout },
    headersTimeout: headers,
    bodyTimeout: silence,
  });
}

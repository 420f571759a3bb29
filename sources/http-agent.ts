import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { signsOfLife } from './signs-of-life.js';
import type { DriverOptions } from './source-driver.js';

const defaults = { headers: 30_000, silence: 60_000 };
const connectTimeout = 30_000;

let shared: Dispatcher | undefined;

/** one pool of connections for every source; HTTP_PROXY, HTTPS_PROXY and NO_PROXY are respected */
export function httpAgent({ timeouts, sign }: DriverOptions): Dispatcher {
  const agent = timeouts ? createAgent(timeouts) : (shared ??= createAgent(defaults));
  return sign ? agent.compose(signsOfLife(sign)) : agent;
}

function createAgent({ headers, silence }: typeof defaults): Dispatcher {
  return new EnvHttpProxyAgent({
    connect: { timeout: connectTimeout },
    headersTimeout: headers,
    bodyTimeout: silence,
  });
}

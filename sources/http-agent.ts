import type { LookupFunction } from 'node:net';
import { type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { foreignLookup } from './foreign-lookup.js';
import { signsOfLife } from './signs-of-life.js';
import type { DriverOptions } from './source-driver.js';

const defaults = { headers: 30_000, silence: 60_000 };
const connectTimeout = 30_000;

let shared: Dispatcher | undefined;
let sharedForeign: Dispatcher | undefined;

/** one pool of connections for every source; HTTP_PROXY, HTTPS_PROXY and NO_PROXY are respected */
export function httpAgent(options: DriverOptions): Dispatcher {
  const { timeouts, lookup } = options;
  const isShared = !timeouts && !lookup;
  return withSigns(isShared ? (shared ??= createAgent(defaults)) : createAgent(timeouts ?? defaults, lookup), options);
}

/** for hosts that are not the source's own: none of them may lead to this machine. A proxy resolves names itself */
export function foreignAgent(options: DriverOptions): Dispatcher {
  const { timeouts, lookup } = options;
  const isShared = !timeouts && !lookup;
  const create = () => createAgent(timeouts ?? defaults, foreignLookup(lookup));
  return withSigns(isShared ? (sharedForeign ??= create()) : create(), options);
}

function withSigns(agent: Dispatcher, { sign }: DriverOptions): Dispatcher {
  return sign ? agent.compose(signsOfLife(sign)) : agent;
}

function createAgent({ headers, silence }: typeof defaults, lookup?: LookupFunction): Dispatcher {
  return new EnvHttpProxyAgent({
    connect: { timeout: connectTimeout, ...(lookup && { lookup }) },
    headersTimeout: headers,
    bodyTimeout: silence,
  });
}

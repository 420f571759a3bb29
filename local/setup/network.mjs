import { setTimeout as sleep } from 'node:timers/promises';

/** an install goes on for this long without a network: what it needs may lie in the client's cache */
const patience = 14_000;

const noNetwork =
  /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|name resolution|NewConnectionError|Max retries exceeded|Network is unreachable|Connection refused|timed out|dns error|error sending request|Failed to fetch|No matching distribution found for/i;

export const soundsLikeNoNetwork = (output) => noNetwork.test(output);

/**
 * beside an install, asks the same client (so with its proxies and mirrors) for something small;
 * the clients' own retries take minutes when packets just vanish
 */
export function networkGuard(probe) {
  const install = new AbortController();
  const asking = new AbortController();
  const started = Date.now();
  const asked = probe(AbortSignal.any([asking.signal, AbortSignal.timeout(patience - 2000)])).then(async ({ code }) => {
    if (code === 0) return;
    const rest = Math.max(0, patience - (Date.now() - started));
    await sleep(rest, undefined, { signal: asking.signal }).catch(() => undefined);
    if (!asking.signal.aborted) install.abort();
  });
  return {
    signal: install.signal,
    end() {
      asking.abort();
      return asked;
    },
  };
}

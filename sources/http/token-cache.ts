import type { Redactor } from '../../model/redact.js';

export interface Token {
  value: string;
  /** epoch ms; undefined where the server does not say */
  ends: number | undefined;
  /** one that replaces the refresh token that was used */
  refresh?: string;
}

export interface TokenCache {
  /** the token of this client; fetched once for all who wait for it, and again before it ends */
  take(client: string, fetch: (refresh: string | undefined) => Promise<Token>): Promise<string>;
  /** the server refused this value: the next who asks gets another */
  refuse(client: string, value: string): void;
}

/** a token is renewed so long before its end: a request that begins with it must reach the server, ms */
const margin = 60_000;

interface Kept {
  token: Promise<Token>;
  /** epoch ms from which it is renewed */
  renew: number;
  isRefused: boolean;
  value?: string;
  refresh?: string;
  /** what hides this token and the one before it ends: an older one is in no message any more */
  forget: (() => void)[];
  forgetBefore: (() => void)[];
}

export function tokenCache(redact: Redactor, now = Date.now): TokenCache {
  const kept = new Map<string, Kept>();
  return {
    async take(client, fetch) {
      const known = kept.get(client);
      if (known && !known.isRefused && now() < known.renew) return (await known.token).value;
      const one: Kept = {
        token: fetch(known?.refresh),
        renew: Infinity,
        isRefused: false,
        forget: [],
        forgetBefore: known?.forget ?? [],
        ...(known?.refresh && { refresh: known.refresh }),
      };
      kept.set(client, one);
      try {
        const { value, ends, refresh } = await one.token;
        one.value = value;
        if (refresh) one.refresh = refresh;
        one.forget = [value, refresh ?? ''].map((secret) => redact.add(secret));
        for (const forget of known?.forgetBefore ?? []) forget();
        // a token of a minute or less is used for half of its time
        if (ends !== undefined) one.renew = ends - Math.min(margin, (ends - now()) / 2);
        return value;
      } catch (error) {
        // what failed is nobody's token; a refresh token that was replaced before is kept
        if (kept.get(client) === one) kept.set(client, { ...one, isRefused: true });
        throw error;
      }
    },
    refuse(client, value) {
      const known = kept.get(client);
      if (known?.value === value) known.isRefused = true;
    },
  };
}

import { isOwnAddress, sameHost } from '../../model/addresses.js';
import { TerminalError } from '../../model/errors.js';
import type { HttpSource } from '../../model/http-source.js';

export type Trust = ReturnType<typeof trustOf>;

/** which addresses a source's answers may lead to */
export function trustOf(own: URL, { hosts }: Pick<HttpSource, 'hosts'>) {
  /** credentials go to these only */
  const isOwn = (url: URL) => sameHost(url, own) && !(own.protocol === 'https:' && url.protocol !== 'https:');
  return {
    own,
    isOwn,
    /** its name must not lead to the machine or network itself */
    isGuarded: (url: URL) => !isOwn(url) && !isOwnAddress(own.hostname),
    /** the address that an answer names, `base` it was asked at; throws UntrustedAddress */
    follow(text: string, base: URL, what: string): URL {
      const refuse = (why: string) => new TerminalError('UntrustedAddress', `${what} ${why}`);
      if (!URL.canParse(text, base.href)) throw refuse('is not an address');
      const url = new URL(text, base.href);
      if (!/^https?:$/.test(url.protocol)) throw refuse(`begins with ${url.protocol}, not https:`);
      if (own.protocol === 'https:' && url.protocol !== 'https:')
        throw refuse(`leads from https to http at ${url.host}`);
      if (isOwn(url)) return url;
      if (isOwnAddress(url.hostname) && !isOwnAddress(own.hostname)) {
        throw refuse(`leads to ${url.host}, an address of the machine or network itself`);
      }
      if (!hosts.some((host) => sameHost(url, host)))
        throw refuse(`leads to ${url.host}, another host than ${own.host}`);
      return url;
    },
  };
}

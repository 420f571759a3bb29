import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isOwnAddress } from '../model/addresses.js';
import { TerminalError } from '../model/errors.js';

/** resolves names of hosts that are not the source's own; throws UntrustedAddress where one leads to this machine or network */
export function foreignLookup(resolve: LookupFunction = lookup): LookupFunction {
  return (host, options: LookupOptions, done) => {
    resolve(host, options, (error, found: string | LookupAddress[], family) => {
      const own = error ? undefined : addressesOf(found).find(isOwnAddress);
      if (own === undefined) return done(error, found, family);
      const refusal = new TerminalError(
        'UntrustedAddress',
        `${host} is ${own}, an address of the machine or network itself`,
      );
      done(refusal, '', 0);
    });
  };
}

const addressesOf = (found: string | LookupAddress[]) =>
  typeof found === 'string' ? [found] : found.map(({ address }) => address);

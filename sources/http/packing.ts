import { TerminalError } from '../../model/errors.js';
import type { Packing } from '../../model/plan.js';
import { dropBody, headerOf, type Response } from './response.js';

/** gzip is seen by its first bytes; other names, such as utf-8, encode nothing */
const read = new Set<string>(['br', 'deflate', 'zstd']);
const unread = new Set(['compress', 'x-compress', 'dcb', 'dcz']);

/** how the bytes of an answer are packed, which raw keeps as it is; throws for what nobody could read */
export function packingOf(response: Response, what: string): Exclude<Packing, 'gzip'> | undefined {
  const names = (headerOf(response, 'content-encoding') ?? '').toLowerCase().split(',');
  const packed = names.map((name) => name.trim()).filter((name) => read.has(name) || unread.has(name));
  const isTwice = packed.length > 0 && names.some((name) => /^(x-)?gzip$/.test(name.trim()));
  const [first] = packed;
  if (packed.length > 1 || isTwice || unread.has(first ?? '')) {
    dropBody(response);
    throw new TerminalError(
      'SourceRefused',
      `${what}: cannot read content-encoding ${names.join(',')}: one of gzip, deflate, br, zstd is read`,
    );
  }
  return first as Exclude<Packing, 'gzip'> | undefined;
}

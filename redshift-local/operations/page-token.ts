import { ValidationException } from '../errors.js';

/** tells where the next page begins, and of what: a token of another list or result is refused */
export const encodeToken = (of: string, at: number) => Buffer.from(`${of}/${at}`).toString('base64url');

export function decodeToken(token: string | undefined, of: string): number {
  if (token === undefined) return 0;
  const [, name, at] = /^(.*)\/(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (name !== of || at === undefined) throw ValidationException('NextToken is not valid.');
  return Number(at);
}

/** one page of a list that was asked for one item longer than the page */
export function pageOf<T>(items: T[], of: string, offset: number, limit: number) {
  return {
    page: items.slice(0, limit),
    ...(items.length > limit && { NextToken: encodeToken(of, offset + limit) }),
  };
}

import { createHash } from 'node:crypto';

/** bytes of a name: Redshift cuts longer ones off, as AWS says of CREATE TABLE; PostgreSQL takes half of it */
const longest = 127;
const mostHere = 63;
/** names that were shortened, by what they are called in PostgreSQL; the oldest go first */
const mostKept = 10_000;
const full = new Map<string, string>();

/** a name as PostgreSQL takes it: of a long one the beginning, and a hash that tells it from others that begin alike */
export function shortName(name: string): string {
  if (Buffer.byteLength(name) <= mostHere) return name;
  const whole = cut(name, longest);
  const hash = createHash('sha1').update(whole).digest('hex').slice(0, 8);
  const short = `${cut(whole, mostHere - hash.length - 1)}_${hash}`;
  keepName(short, whole);
  return short;
}

/** `'schema.table'` with the names as PostgreSQL takes them */
export const shortLiteral = (text: string): string =>
  text.length <= mostHere ? text : text.replace(/[\p{L}_][\p{L}\p{N}_$]*/gu, (name) => shortName(name.toLowerCase()));

export function keepName(short: string, whole: string): void {
  full.delete(short);
  full.set(short, whole);
  const [oldest] = full.keys();
  if (full.size > mostKept && oldest !== undefined) full.delete(oldest);
}

/** what a user calls it */
export const fullName = (name: string): string => full.get(name) ?? name;

/** a message of PostgreSQL's with the names that users know */
export const withFullNames = (message: string): string =>
  full.size === 0 ? message : message.replace(/[\p{L}_][\p{L}\p{N}_$]{30,62}/gu, fullName);

/** whole characters in so many bytes */
function cut(name: string, bytes: number): string {
  const all = Buffer.from(name);
  let end = Math.min(bytes, all.length);
  while (end < all.length && ((all[end] ?? 0) & 0xc0) === 0x80) end--;
  return all.subarray(0, end).toString();
}

import { withoutValues } from '../model/without-values.js';

const limit = 500;

/** what redshift_connector makes of the server's answer: Python's text of a dict, whose M is the message */
const answer = /\{'S': .*?'M': (?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)").*\}/s;

/** a connection that is refused was asked for no row: what is quoted there is host, user and database */
const connecting = /^(Database Error\s+)?connection to server at .*/s;

/** a message of dbt on one line; the words of the database lose the row values that they quote, unless `sql` has them */
export function said(message: string, sql = ''): string {
  const words = message.replace(answer, (_, single?: string, double?: string) => single ?? double ?? '');
  const shown = /database error/i.test(message) ? withoutValues(words, connecting.test(words) ? words : sql) : words;
  const line = shown.replaceAll(/\s+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

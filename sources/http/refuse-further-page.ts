import { TerminalError } from '../../model/errors.js';
import type { HttpSource } from '../../model/http-source.js';
import type { Answer } from './client.js';
import { dropBody, nextLinkOf } from './response.js';

/** an answer is not taken for the whole when it has a link to more */
export function refuseFurtherPage({ response, what }: Answer, { pages }: Pick<HttpSource, 'pages'>): void {
  if (pages === 'none' || nextLinkOf(response) === undefined) return;
  dropBody(response);
  throw new TerminalError('MorePages', `${what}: the answer says that there is more: it has a Link to the next page`);
}

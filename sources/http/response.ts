import type { Dispatcher } from 'undici';

export type Response = Dispatcher.ResponseData;

export const headerOf = ({ headers }: Response, name: string): string | undefined => [headers[name]].flat()[0];

export function lengthOf(response: Response): number | undefined {
  const length = headerOf(response, 'content-length');
  return length === undefined ? undefined : Number(length);
}

/** RFC 8288: the relation may be quoted, and one of several */
const links = /<([^>]*)>((?:\s*;\s*[^\s=;,]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g;
const isNext = /;\s*rel\s*=\s*(?:next(?=\s|;|$)|"(?:[^"]*\s)?next(?:\s[^"]*)?")/i;

/** the address of the next page in the Link headers */
export function nextLinkOf({ headers }: Response): string | undefined {
  const text = [headers['link'] ?? []].flat().join(', ');
  return Array.from(text.matchAll(links)).find(([, , parameters = '']) => isNext.test(parameters))?.[1];
}

/** undici reports a body that is let go of as an error */
export function dropBody({ body }: Response): void {
  body.on('error', () => undefined).destroy();
}

const shownOfBody = 300;

/** of an answer that says no: enough to see why */
export async function beginning(body: AsyncIterable<Uint8Array>, most = 8_192): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      // a secret that is cut at the end would not be known
      if (text.length >= most) break;
    }
  } catch {
    // the status says what matters
  }
  return text;
}

export const shown = (text: string) => text.slice(0, shownOfBody).trim();

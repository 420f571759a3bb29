import type { HttpSource } from '../../model/http-source.js';

/** a source whose address is replaced: its token address is at the new host too; with parents, it and they move and keep their paths */
export function movedSource(source: HttpSource, address: string | undefined): HttpSource {
  const from = originOf(source.url);
  const to = address === undefined ? undefined : originOf(address);
  if (from === undefined || to === undefined) return source;
  const moved = (url: string) => (url.startsWith(`${from}/`) ? `${to}${url.slice(from.length)}` : url);
  const { auth, each } = source;
  return {
    ...source,
    ...(auth && { auth: 'tokenUrl' in auth ? { ...auth, tokenUrl: moved(auth.tokenUrl) } : auth }),
    ...(each && {
      url: moved(source.url),
      each: { ...each, from: { ...movedSource(each.from, address), url: moved(each.from.url) } },
    }),
  };
}

const originOf = (url: string) => /^https?:\/\/[^/?#]+/.exec(url)?.[0];

/** one of several requests: it keeps its path at another address */
export function movedRequest(source: HttpSource, address: string | undefined): HttpSource {
  const from = originOf(source.url);
  const to = address === undefined ? undefined : originOf(address);
  if (from === undefined || to === undefined) return source;
  const moved = movedSource(source, address);
  return { ...moved, url: source.url.startsWith(from) ? `${to}${source.url.slice(from.length)}` : source.url };
}

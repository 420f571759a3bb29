import { request } from 'undici';
import { TerminalError, TransientError } from '../../model/errors.js';
import { isSecret, type HttpSource } from '../../model/http-source.js';
import type { Interval } from '../../model/interval.js';
import { networkFault, retryDelay, statusFault } from '../faults.js';
import { foreignAgent, httpAgent } from '../http-agent.js';
import type { DriverOptions } from '../source-driver.js';
import { authorizationOf } from './authorize.js';
import { rateReset } from './rate-reset.js';
import { requestOf, type Asked, type PageChange } from './request.js';
import { beginning, dropBody, headerOf, shown, type Response } from './response.js';
import type { SourceSession } from './session.js';
import { trustOf } from './trust.js';

const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
/** ms between signs of life while an answer is waited for */
const signEvery = 10_000;

/** a good answer, before its body is read */
export interface Answer {
  response: Response;
  /** the request in words, without secrets */
  what: string;
  /** its address, without secrets */
  name: string;
  /** where it came from in the end */
  url: URL;
  signal: AbortSignal;
}

/** asks one source for one interval */
export function httpClient(source: HttpSource, interval: Interval, options: DriverOptions, session: SourceSession) {
  const from = { address: options.address, session };
  const own = requestOf(source, interval, from).url;
  const trust = trustOf(own, source);
  const authorization = authorizationOf(source, options, session, trust);
  const agents = { own: httpAgent(options), foreign: foreignAgent(options) };
  const { sign = () => undefined } = options;

  return {
    trust,
    /** undefined for a status that means that there is nothing */
    async ask(page: PageChange, signal: AbortSignal): Promise<Answer | undefined> {
      const first = await send(page, signal);
      const isRenewed = first.response.statusCode === 401 && (await authorization.refused(first.asked, first.state));
      if (isRenewed) dropBody(first.response);
      const { response, what, name, url, timed } = isRenewed ? await send(page, signal) : first;
      const { statusCode: status } = response;
      holdBack(response, url.host);
      if (source.statuses.empty.includes(status)) {
        dropBody(response);
        return undefined;
      }
      if (status >= 200 && status <= 299 && !isNamed(status)) return { response, what, name, url, signal: timed };
      throw fault(
        what,
        status,
        headerOf(response, 'retry-after'),
        shown(session.redact(await beginning(response.body))),
      );
    },
  };

  async function send(page: PageChange, signal: AbortSignal) {
    await session.load(source);
    const state = session.secrets.state();
    const asked = requestOf(source, interval, from, page);
    await authorization.add(asked);
    const name = session.redact(shownUrl(asked.url, source, page));
    const what = `${source.method} ${name}`;
    const timed = withTotal(signal, what);
    let { url } = asked;
    let { method, body } = asked;
    for (let hops = 0; ; hops++) {
      await session.pacer.turn({ host: url.host, perSecond: source.rate?.perSecond, signal, sign });
      const response = await sendOnce(asked, { url, method, body }, what, timed);
      const location = headerOf(response, 'location');
      if (!redirects.has(response.statusCode) || location === undefined) {
        return { asked, state, response, what, name, url, timed };
      }
      dropBody(response);
      if (hops === mostRedirects)
        throw new TerminalError('SourceRefused', `${what}: more than ${mostRedirects} redirects`);
      url = trust.follow(location, url, `${what}: the redirect`);
      const { statusCode: status } = response;
      if (status === 303 || (status < 303 && method === 'POST')) [method, body] = ['GET', undefined];
      if (body !== undefined && !trust.isOwn(url)) {
        throw new TerminalError('UntrustedAddress', `${what}: the redirect would take its body to ${url.host}`);
      }
    }
  }

  async function sendOnce(
    { headers, secret }: Asked,
    { url, method, body }: { url: URL; method: string; body: string | undefined },
    what: string,
    signal: AbortSignal,
  ): Promise<Response> {
    const isOwn = trust.isOwn(url);
    const target = new URL(url);
    for (const [name, value] of Object.entries(secret.query)) {
      if (isOwn) target.searchParams.set(name, value);
    }
    const { 'content-type': contentType, ...plain } = headers;
    const { firstByte } = source.timeouts ?? {};
    const signs = setInterval(sign, signEvery);
    try {
      return await request(target, {
        dispatcher: trust.isGuarded(url) ? agents.foreign : agents.own,
        method: method as 'GET',
        headers: {
          ...plain,
          ...(body !== undefined && contentType && { 'content-type': contentType }),
          ...(isOwn && secret.headers),
        },
        ...(body !== undefined && { body }),
        ...(firstByte !== undefined && { headersTimeout: firstByte }),
        signal,
      });
    } catch (error) {
      throw networkFault(what, error, signal);
    } finally {
      clearInterval(signs);
    }
  }

  /** its reason is the message of the run */
  function withTotal(signal: AbortSignal, what: string): AbortSignal {
    const { total } = source.timeouts ?? {};
    if (total === undefined) return signal;
    const late = new AbortController();
    const end = () => late.abort(new TransientError(`${what}: took more than ${total / 1000} s in all`));
    setTimeout(end, total).unref();
    return AbortSignal.any([signal, late.signal]);
  }

  function isNamed(status: number): boolean {
    return source.statuses.wait.includes(status) || source.statuses.giveUp.includes(status);
  }

  function fault(what: string, status: number, retryAfter: string | undefined, detail: string): Error {
    const got = `${what}: got HTTP ${status}${detail ? `: ${detail}` : ''}`;
    if (source.statuses.giveUp.includes(status)) return new TerminalError('SourceRefused', got);
    if (!source.statuses.wait.includes(status)) return statusFault(what, status, retryAfter, detail);
    const wait = retryAfter === undefined ? undefined : retryDelay(retryAfter, Date.now());
    return new TransientError(got, wait === undefined ? {} : { retryAfter: wait });
  }

  function holdBack(response: Response, host: string): void {
    const until = rateReset(response, source.rate, Date.now());
    if (until !== undefined) session.pacer.hold(host, until);
  }
}

/** what is not in the definition came from a setting or the server and may be a key: it is in no manifest and no message */
function shownUrl(url: URL, { url: declared, query }: HttpSource, page: PageChange): string {
  const shown = new URL(url);
  const plain = Object.entries(query).flatMap(([name, value]) => (isSecret(value) ? [] : [name]));
  const base = URL.canParse(declared) ? [...new URL(declared).searchParams.keys()] : [];
  const known = new Set([...plain, ...base, ...Object.keys(page.query ?? {})]);
  for (const name of new Set(shown.searchParams.keys())) if (!known.has(name)) shown.searchParams.set(name, '***');
  return shown.href;
}

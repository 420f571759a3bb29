import { request } from 'undici';
import { TerminalError } from '../../model/errors.js';
import type { HttpSource, OAuth2 } from '../../model/http-source.js';
import { networkFault, statusFault } from '../faults.js';
import { foreignAgent, httpAgent } from '../http-agent.js';
import type { DriverOptions } from '../source-driver.js';
import { userAgent } from '../user-agent.js';
import { basic, type Asked } from './request.js';
import { beginning, headerOf, shown } from './response.js';
import type { SourceSession } from './session.js';
import type { Token } from './token-cache.js';
import type { Trust } from './trust.js';

export interface Authorization {
  /** adds the source's credentials to a request */
  add(asked: Asked): Promise<void>;
  /** a server answered 401 to what was sent with secrets of this state: true if another try has other credentials */
  refused(asked: Asked, state: number): Promise<boolean>;
}

/** the credentials of a source; OAuth2 tokens are fetched once for all runs of this worker */
export function authorizationOf(
  source: HttpSource,
  options: DriverOptions,
  session: SourceSession,
  trust: Trust,
): Authorization {
  const { auth } = source;
  const fixed = (add: (secret: Asked['secret']) => void): Authorization => ({
    add: async ({ secret }) => add(secret),
    refused: (_, state) => session.renew(source, state),
  });
  const header = (value: () => string) => fixed(({ headers }) => void (headers['authorization'] = value()));
  if (!auth) return fixed(() => undefined);
  switch (auth.kind) {
    case 'bearer':
      return header(() => `Bearer ${session.read(auth.token)}`);
    case 'basic':
      return header(() => basic(session.read(auth.user), session.read(auth.password), session));
    case 'apiKey':
      return fixed(({ headers, query }) => {
        const value = `${auth.prefix ?? ''}${session.read(auth.value)}`;
        if (auth.in === 'header') headers[auth.name.toLowerCase()] = value;
        else query[auth.name] = value;
      });
    default:
      return oauth2(auth, { options, session, trust });
  }
}

interface Asking {
  options: DriverOptions;
  session: SourceSession;
  trust: Trust;
}

function oauth2(auth: OAuth2, asking: Asking): Authorization {
  const { session } = asking;
  const client = JSON.stringify(auth);
  return {
    async add({ secret }) {
      const token = await session.tokens.take(client, (refresh) => newToken(auth, refresh, asking));
      secret.headers['authorization'] = `Bearer ${token}`;
    },
    async refused({ secret }) {
      session.tokens.refuse(client, (secret.headers['authorization'] ?? '').slice('Bearer '.length));
      return true;
    },
  };
}

/** a client whose secret was changed meanwhile asks once more, with the new one */
async function newToken(auth: OAuth2, refresh: string | undefined, asking: Asking): Promise<Token> {
  const { session } = asking;
  await session.load(auth);
  const state = session.secrets.state();
  try {
    return await fetchToken(auth, refresh, asking);
  } catch (error) {
    if (!(error instanceof TerminalError) || !(await session.renew(auth, state))) throw error;
    return fetchToken(auth, undefined, asking);
  }
}

/** ms; a token is waited for by all runs, so that none of them may cancel it */
const mostForToken = 30_000;
/** characters of a token answer */
const mostOfToken = 262_144;

async function fetchToken(
  auth: OAuth2,
  refresh: string | undefined,
  { options, session, trust }: Asking,
): Promise<Token> {
  const what = `POST ${auth.tokenUrl} (for a token)`;
  const url = trust.follow(auth.tokenUrl, trust.own, `${what}: the token address`);
  const isRefresh = auth.kind === 'oauth2-refresh-token';
  const fields = new URLSearchParams({ grant_type: isRefresh ? 'refresh_token' : 'client_credentials' });
  for (const [name, value] of Object.entries(auth.fields)) fields.set(name, session.read(value));
  if (isRefresh && auth.refreshToken) fields.set('refresh_token', refresh ?? session.read(auth.refreshToken));
  const id = session.read(auth.clientId);
  const password = auth.clientSecret && session.read(auth.clientSecret);
  // RFC 6749: both are encoded as in a form before they are joined
  const inForm = (text: string) => new URLSearchParams({ t: text }).toString().slice(2);
  const headers: Record<string, string> = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
    'user-agent': userAgent,
  };
  if (auth.client === 'basic' && password !== undefined) {
    headers['authorization'] = basic(inForm(id), inForm(password), session);
  } else {
    fields.set('client_id', id);
    if (password !== undefined) fields.set('client_secret', password);
  }
  const asked = Date.now();
  const signal = AbortSignal.timeout(mostForToken);
  const response = await request(url, {
    dispatcher: trust.isGuarded(url) ? foreignAgent(options) : httpAgent(options),
    method: 'POST',
    headers,
    body: fields.toString(),
    signal,
  }).catch((error: unknown) => {
    throw networkFault(what, error, new AbortController().signal);
  });
  const text = await beginning(response.body, mostOfToken);
  const status = response.statusCode;
  // a redirect would take the secret along
  if (status < 200 || status > 299) {
    throw statusFault(what, status, headerOf(response, 'retry-after'), shown(session.redact(text)));
  }
  return tokenIn(text, what, asked);
}

function tokenIn(text: string, what: string, asked: number): Token {
  const answer = parsed(text);
  const { access_token: value, expires_in: seconds, refresh_token: refresh } = answer ?? {};
  if (typeof value !== 'string' || value === '') {
    throw new TerminalError('SourceRefused', `${what}: the answer has no access_token`);
  }
  const lasts = seconds === undefined || seconds === null ? NaN : Number(seconds);
  return {
    value,
    ends: Number.isFinite(lasts) ? asked + lasts * 1000 : undefined,
    ...(typeof refresh === 'string' && refresh && { refresh }),
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

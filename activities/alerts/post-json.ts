import { request } from 'undici';
import { TerminalError, TransientError } from '../../model/errors.js';
import { httpAgent } from '../../sources/http-agent.js';

/** addresses of webhooks are secrets: errors name the channel, never the address */
export async function postJson(channel: string, url: string, body: object): Promise<void> {
  const response = await request(url, {
    method: 'POST',
    dispatcher: httpAgent({}),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
    throw new TransientError(`the ${channel} of alerts was not reached: ${code}`);
  });
  const { statusCode, headers } = response;
  await response.body.dump();
  if (statusCode < 300) return;
  const said = `the ${channel} of alerts answered ${statusCode}`;
  if (statusCode !== 429 && statusCode < 500) throw new TerminalError('AlertRefused', said);
  const seconds = Number(headers['retry-after']);
  throw new TransientError(said, seconds > 0 ? { retryAfter: seconds * 1000 } : {});
}

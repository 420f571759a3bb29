import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline, type Pipeline } from '../../define/pipeline.js';
import {
  apiKey,
  basic,
  bearer,
  custom,
  http,
  nextUrl,
  oauth2ClientCredentials,
  oauth2RefreshToken,
  s3Objects,
  secret,
} from '../../sources/declare.js';
import type { HttpOptions } from '../../sources/declare-http.js';

const entities = [defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string(), n: z.int() }) })];
const named = {
  description: 'a source with a secret',
  schedule: { every: '1 hour', start: '2022-11-24T00:00:00Z' },
  // what may pass is tried once more
  retries: { extract: { attempts: 2, initial: '1 second', maximum: '1 second' } },
  entities,
} as const;

/** a pipeline for each way in which a source takes a secret; all of them ask `api`, which repeats what it was sent */
export function plantedPipelines(api: string): Pipeline[] {
  const pages = nextUrl('next');
  const records = { form: 'json', at: 'items' } as const;
  const asked = (name: string, more: Omit<HttpOptions, 'url'>) =>
    definePipeline({ ...named, name, source: http({ url: `${api}/${name}`, pages, records, ...more }) });
  const client = { tokenUrl: `${api}/token`, clientId: 'me' };
  return [
    asked('bearer', { auth: bearer(secret('PLANTED_BEARER')) }),
    asked('basic', { auth: basic('me', secret('PLANTED_BASIC')) }),
    asked('header', { auth: apiKey({ header: 'X-Key', prefix: 'Key ' }, secret('PLANTED_HEADER')) }),
    asked('query', { auth: apiKey({ query: 'api_key' }, secret('PLANTED_QUERY')) }),
    asked('parameter', { query: { sig: secret('PLANTED_PARAMETER') } }),
    asked('form', { body: { form: { word: secret('PLANTED_FORM') } } }),
    asked('json', { body: { json: { deep: [{ word: secret('PLANTED_JSON') }] } } }),
    asked('client', { auth: oauth2ClientCredentials({ ...client, clientSecret: secret('PLANTED_CLIENT') }) }),
    asked('refresh', {
      auth: oauth2RefreshToken({ ...client, client: 'basic', refreshToken: secret('PLANTED_REFRESH') }),
    }),
    asked('address', {}),
    definePipeline({
      ...named,
      name: 'listed',
      source: http({
        url: api,
        auth: bearer(secret('PLANTED_LISTED')),
        pages,
        records,
        requests: { parents: { url: 'parents' }, lines: { url: 'lines/{each}', each: { from: 'parents', at: 'id' } } },
      }),
    }),
    definePipeline({
      ...named,
      name: 'coded',
      source: custom(
        async function* ({ interval, secret, signal, logger }) {
          const word = secret('PLANTED_CODED');
          const address = `${api}/coded?at=${interval.start}&word=${encodeURIComponent(word)}`;
          logger.info(`asks ${address}`, { word });
          const answer = await fetch(address, { signal });
          if (!answer.ok) throw new Error(`${address} with ${word}: ${await answer.text()}`);
          yield { name: address, body: await answer.text(), resume: { word } };
        },
        { secrets: ['PLANTED_CODED'], records },
      ),
    }),
    definePipeline({
      ...named,
      name: 'bucket',
      source: s3Objects({ bucket: 'b', endpoint: `${api}/s3`, records: { form: 'ndjson' } }),
    }),
  ];
}

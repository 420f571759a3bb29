import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { bearer, custom, http, secret } from '../../sources/declare.js';

const rows = (mode: 'append') => [defineEntity({ name: 'rows', mode, schema: z.object({ id: z.string() }) })];
const common = { description: 'a test', schedule: { every: '1 hour', start: '2022-11-24T00:00:00Z' } } as const;

/** pipelines whose sources know a secret each: one of `.env`, one of Secrets Manager */
export const customPipelines = (url: string) => [
  definePipeline({
    ...common,
    name: 'coded',
    source: custom(
      async function* ({ interval, resume, secret, signal, logger }) {
        const token = secret('CODED_TOKEN');
        for (let page = (resume as number | undefined) ?? 0; page < 8; page++) {
          const address = `${url}/coded?page=${page}&at=${interval.start}&token=${encodeURIComponent(token)}`;
          logger.info(`asks ${address}`, { token });
          const answer = await fetch(address, { signal });
          // as a hasty hand writes it
          if (!answer.ok) throw new Error(`${address} with ${token}: ${answer.status} ${await answer.text()}`);
          yield { name: address, body: await answer.text(), resume: page + 1 };
        }
      },
      { secrets: ['CODED_TOKEN'] },
    ),
    entities: rows('append'),
  }),
  definePipeline({
    ...common,
    name: 'asked',
    source: http({ url: `${url}/asked`, auth: bearer(secret('secretsmanager:prod/asked#token')) }),
    entities: rows('append'),
  }),
];

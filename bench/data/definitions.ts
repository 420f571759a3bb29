import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { httpJson } from '../../sources/declare.js';

const text = () => z.string().min(1);
const time = () => z.iso.datetime({ offset: true }).meta({ timezone: true });
const named = <T extends z.ZodType>(schema: T, column: string) => schema.meta({ ...schema.meta(), column });

/** the contract coerces text that is a number */
const coordinate = (limit: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value),
    z.number().min(-limit).max(limit),
  );

const id = () => named(text(), 'entity_id');
const common = { at: named(time(), 'at'), organization_id: text() };
const onVehicle = { ...common, on: named(z.literal('vehicle').meta({ bytes: 32 }), 'entity') };
const onPeriod = { ...common, on: named(z.literal('operating_period').meta({ bytes: 32 }), 'entity') };
const kind = <T extends string>(...names: [T, ...T[]]) => z.enum(names).meta({ bytes: 32 });

const events = defineEntity({
  name: 'events',
  mode: 'append',
  key: ['event', 'entity', 'at', 'entity_id', 'organization_id'],
  schema: z.discriminatedUnion('event', [
    z.object({
      event: kind('update'),
      ...onVehicle,
      data: z.object({
        id: id(),
        location: z.object({
          lat: named(coordinate(90), 'lat'),
          lng: named(coordinate(180), 'lng'),
          at: named(time(), 'location_at'),
        }),
      }),
    }),
    z.object({ event: kind('register', 'deregister'), ...onVehicle, data: z.object({ id: id() }) }),
    z.object({
      event: kind('create'),
      ...onPeriod,
      data: z.object({ id: id(), start: named(time(), 'start'), finish: named(time(), 'finish') }),
    }),
    z.object({
      event: kind('delete'),
      ...onPeriod,
      data: z.object({ id: id(), start: named(time().nullish(), 'start'), finish: named(time().nullish(), 'finish') }),
    }),
  ]),
});

const maybe = <T extends z.ZodType>(schema: T) => schema.nullable();
const nested = (prefix: string, shape: Record<string, z.ZodType>) =>
  z.object(
    Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, named(schema, `${prefix}__${name}`)])),
  );
const texts = () => z.array(z.string());
const link = () => maybe(z.string());

const launches = defineEntity({
  name: 'launches',
  mode: 'append',
  key: ['id', 'flight_number', 'date_utc'],
  schema: z.object({
    id: text(),
    flight_number: z.int(),
    name: z.string(),
    date_utc: time(),
    date_unix: z.int(),
    date_local: time(),
    date_precision: z.enum(['half', 'quarter', 'year', 'month', 'day', 'hour']),
    upcoming: z.boolean(),
    success: maybe(z.boolean()),
    net: z.boolean(),
    window: maybe(z.int()),
    rocket: z.string(),
    launchpad: z.string(),
    details: maybe(z.string()),
    static_fire_date_utc: maybe(time()),
    static_fire_date_unix: maybe(z.int()),
    auto_update: z.boolean(),
    tbd: z.boolean(),
    launch_library_id: maybe(z.string()),
    cost_usd: z
      .string()
      .regex(/^-?\d{1,16}(\.\d{1,2})?$/)
      .meta({ decimal: [18, 2] }),
    fairings: maybe(
      nested('fairings', {
        reused: maybe(z.boolean()),
        recovery_attempt: maybe(z.boolean()),
        recovered: maybe(z.boolean()),
        ships: texts(),
      }),
    ),
    links: nested('links', {
      presskit: link(),
      webcast: link(),
      youtube_id: link(),
      article: link(),
      wikipedia: link(),
    }).extend({
      patch: nested('links__patch', { small: link(), large: link() }),
      reddit: nested('links__reddit', { campaign: link(), launch: link(), media: link(), recovery: link() }),
      flickr: nested('links__flickr', { small: texts(), original: texts() }),
    }),
    failures: z.array(z.object({ time: z.int(), altitude: maybe(z.int()), reason: z.string() })),
    crew: texts(),
    ships: texts(),
    capsules: texts(),
    payloads: texts(),
    cores: z.array(
      z.object({
        core: z.string(),
        flight: z.int(),
        gridfins: z.boolean(),
        legs: z.boolean(),
        reused: z.boolean(),
        landing_attempt: maybe(z.boolean()),
        landing_success: maybe(z.boolean()),
        landing_type: maybe(z.string()),
        landpad: maybe(z.string()),
      }),
    ),
  }),
});

const pipeline = (name: string, entity: typeof events) =>
  definePipeline({
    name,
    description: 'A set of records that is the same for all.',
    schedule: { every: '1 hour' },
    source: httpJson({ url: 'http://127.0.0.1/bench', records: { form: 'ndjson' } }),
    entities: [entity],
  });

export const pipelines = [pipeline('bench_a', events), pipeline('bench_b', launches)];

export default { pipelines };

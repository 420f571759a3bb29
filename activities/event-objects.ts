import { log } from '@temporalio/activity';
import { getJson, putJson } from '../lake/object-store.js';
import { intervalsBetween } from '../model/interval.js';
import { keys } from '../model/keys.js';
import { keyPattern } from '../model/key-pattern.js';
import type { StepInput } from '../model/plan.js';
import type { S3ObjectsSource } from '../model/source.js';
import { eventsIn } from '../sources/s3-events.js';
import type { ListedObject } from '../sources/s3-objects.js';
import { sqsQueue } from '../sources/sqs-queue.js';
import type { Alive } from './alive.js';
import type { Dependencies } from './dependencies.js';

/** messages that one list in the lake names; they are removed once it is written */
const mostOfList = 1_000;

/** intervals before whose events are known */
const looksBack = 3;

const nameOf = ({ key, version, etag = '' }: ListedObject) => `${key}\0${version ?? etag}`;

/** what some messages named, and the messages */
interface EventList {
  objects: ListedObject[];
  receipts: string[];
}

/**
 * the objects that the events of an interval name: those up to its end that no interval took. A message is removed from the
 * queue only when a list in the lake names it. Lists are the interval's, not the run's: another run of it reads them too
 */
export async function* eventObjects(
  { pipelines, store, settings }: Pick<Dependencies, 'pipelines' | 'store' | 'settings'>,
  { run, plan }: StepInput,
  source: S3ObjectsSource,
  url: string,
  alive: Alive,
): AsyncGenerator<ListedObject> {
  const bucket = plan.lakeBucket;
  const folder = keys.eventLists(run.pipeline, run.interval);
  const lists: string[] = [];
  for await (const { key } of store.list({ bucket, key: folder })) lists.push(key);
  const queue = sqsQueue(source, url, { limits: settings.sourceLimits, sign: () => alive.sign() }, alive.signal);
  try {
    const last = lists.at(-1);
    // a worker that died may have left them in the queue; those that are gone are no fault
    if (last)
      await queue.remove((await getJson<EventList>(store, { bucket, key: last })).receipts).catch(() => undefined);
    const left: string[] = [];
    for (let isEmpty = false; !isEmpty;) {
      const list = await receive(Date.parse(run.interval.end), source, left);
      isEmpty = list.isEmpty;
      if (list.receipts.length === 0) continue;
      const key = `${folder}${String(lists.length).padStart(6, '0')}.json`;
      await putJson(store, { bucket, key }, { objects: list.objects, receipts: list.receipts });
      lists.push(key);
      await queue.remove(list.receipts);
    }
    await queue.release(left);
  } finally {
    queue.close();
  }
  const seen = await namedBefore();
  for (const key of lists) {
    for (const object of await objectsOf(key)) {
      const name = nameOf(object);
      if (seen.has(name)) continue;
      seen.add(name);
      yield object;
    }
  }

  async function objectsOf(key: string): Promise<ListedObject[]> {
    const { objects } = await getJson<EventList>(store, { bucket, key });
    alive.sign();
    return objects;
  }

  /** events come at least once, and again where a worker died before it removed them */
  async function namedBefore(): Promise<Set<string>> {
    const names = new Set<string>();
    const grid = pipelines.find(({ name }) => name === run.pipeline)?.grid;
    const [start, end] = [Date.parse(run.interval.start), Date.parse(run.interval.end)];
    const earlier = grid ? intervalsBetween(grid, start - looksBack * (end - start), start) : [];
    for (const interval of earlier)
      for await (const { key } of store.list({ bucket, key: keys.eventLists(run.pipeline, interval) }))
        for (const object of await objectsOf(key)) names.add(nameOf(object));
    return names;
  }

  /** until the queue shows nothing, or a list is full */
  async function receive(
    end: number,
    source: S3ObjectsSource,
    left: string[],
  ): Promise<EventList & { isEmpty: boolean }> {
    const list: EventList = { objects: [], receipts: [] };
    while (list.receipts.length < mostOfList) {
      const messages = await queue.receive();
      alive.sign();
      if (messages.length === 0) return { ...list, isEmpty: true };
      for (const { body, receipt } of messages) {
        const objects = objectsIn(body, source);
        const isStrange = objects === undefined;
        if (isStrange)
          log.warn('a message of the queue is not an event of the source and is left there', {
            pipeline: run.pipeline,
            queue: url,
            message: body.slice(0, 200),
          });
        if (isStrange || objects.some(({ modified }) => modified >= end)) left.push(receipt);
        else {
          list.objects.push(...objects);
          list.receipts.push(receipt);
        }
      }
    }
    return { ...list, isEmpty: false };
  }
}

/** undefined for a message of another bucket, or of none */
function objectsIn(body: string, { bucket, prefix, keys }: S3ObjectsSource): ListedObject[] | undefined {
  const events = eventsIn(body);
  if (!events || events.some((event) => event.bucket !== bucket)) return undefined;
  const wanted = keys === undefined ? undefined : keyPattern(keys);
  return events.flatMap(({ key, etag, version, bytes, at }) => {
    const isWanted =
      key.startsWith(prefix) && !key.endsWith('/') && (wanted?.matches(key.slice(prefix.length)) ?? true);
    return isWanted ? [{ key, etag, bytes, modified: at, isEvent: true as const, ...(version && { version }) }] : [];
  });
}

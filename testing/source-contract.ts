import assert from 'node:assert/strict';
import type { PipelineOptions } from '../define/options.js';
import type { Interval } from '../model/interval.js';
import type { Params } from '../model/params.js';
import { redactor } from '../model/redact.js';
import { secretNames } from '../model/http-source.js';
import { sourceSession } from '../sources/http/session.js';
import { openSource, type RawObject } from '../sources/open-source.js';
import type { Place } from '../sources/source-driver.js';

export interface SourceContract {
  source: PipelineOptions['source'];
  /** one that has objects, two or more if the source has pages; 2022-11-24 10:00 to 11:00 when absent */
  interval?: Interval;
  /** values of its secrets, as the imitation of the API knows them: eight letters or more */
  secrets?: Record<string, string>;
  params?: Params;
  /** where the imitation is, in place of the address that the source has */
  address?: string;
  /** the API answers the same interval with other bytes each time */
  changes?: true;
  /** makes the API refuse what it is asked, until the function that this one returns is called */
  refuse?: () => () => void;
}

export interface ContractCheck {
  name: string;
  check(): Promise<void>;
}

const hour = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };
const never = () => new AbortController().signal;
/** ms in which an abort is heeded */
const soon = 5_000;

interface Read {
  name: string;
  bytes: string;
  after: Place | undefined;
}

/**
 * what a run counts on, for a source of any kind, as checks that any test runner takes:
 * `for (const { name, check } of sourceContract({ source, address })) test(name, check)`
 */
export function sourceContract({ interval = hour, ...given }: SourceContract): ContractCheck[] {
  const { source, secrets = {}, address, params = {} } = given;
  const redact = redactor({});
  const session = (environment: Record<string, string>) => sourceSession(environment, redact);

  function open(known: string[] = [], environment = secrets) {
    const quiet = () => undefined;
    const logger = { info: quiet, warn: quiet, error: quiet };
    const own = 'generate' in source && {
      generate: source.generate,
      params,
      logger,
      known: async () => new Set(known),
    };
    return openSource(source, {
      session: session(environment),
      firstWait: 1,
      ...(address !== undefined && { address }),
      ...(own && { custom: own }),
    });
  }

  async function read(from?: Place, known: string[] = []): Promise<Read[]> {
    const found: Read[] = [];
    for await (const object of open(known).list(interval, never(), from)) {
      found.push({ name: object.name, bytes: await bytesOf(object), after: object.after });
    }
    return found;
  }

  const namesOf = (objects: Read[]) => objects.map(({ name }) => name);
  const checks: ContractCheck[] = [
    {
      name: 'the interval has objects, and each has a name of its own',
      async check() {
        const names = namesOf(await read());
        assert.notEqual(names.length, 0, 'the interval has no objects: name one that has');
        assert.deepEqual([...new Set(names)], names, 'two objects share a name');
      },
    },
    {
      name: given.changes
        ? 'the same interval gives the same names again'
        : 'the same interval gives the same names and bytes again',
      async check() {
        const [first, second] = [await read(), await read()];
        const compared = (objects: Read[]) =>
          objects.map(({ name, bytes }) => (given.changes ? { name } : { name, bytes }));
        assert.deepEqual(compared(second), compared(first), 'if it is right that bytes change, say `changes: true`');
      },
    },
    {
      name: 'it goes on behind any object that is kept, and gives no object twice and leaves none out',
      async check() {
        const all = await read();
        for (const [at, { after }] of all.entries()) {
          // without a place the list begins again, and what is kept is passed by or written over
          if (after === undefined) continue;
          const kept = namesOf(all.slice(0, at + 1));
          const place = JSON.parse(JSON.stringify(after)) as Place;
          assert.deepEqual(namesOf(await read(place, kept)), namesOf(all.slice(at + 1)), `after ${kept.at(-1)}`);
        }
      },
    },
    {
      name: 'a cancelled run ends the list at once, with the reason of the cancellation',
      async check() {
        const reason = new Error('the run is cancelled');
        await assert.rejects(within(collected(open().list(interval, AbortSignal.abort(reason)))), reason);
        const controller = new AbortController();
        async function cancelled() {
          for await (const object of open().list(interval, controller.signal)) {
            controller.abort(reason);
            await bytesOf(object, controller.signal);
            controller.signal.throwIfAborted();
          }
        }
        await assert.rejects(within(cancelled()), reason);
      },
    },
    {
      name: 'no name, place or tag of an object has a secret',
      async check() {
        for await (const { open: _, ...described } of open().list(interval, never())) {
          assertHidden(JSON.stringify(described));
        }
      },
    },
  ];
  if (secretNames(source).length > 0) {
    checks.push({
      name: 'a secret that is missing fails the list before anything is asked',
      async check() {
        await assert.rejects(collected(open([], {}).list(interval, never())), { name: 'SecretMissing' });
      },
    });
  }
  const { refuse } = given;
  if (refuse) {
    checks.push({
      name: 'a refusal fails the list, and no message has a secret',
      async check() {
        const restore = refuse();
        try {
          await collected(open().list(interval, never()));
        } catch (error) {
          // as history, the log and people get them
          for (let one: unknown = error; one instanceof Error; one = one.cause) assertHidden(redact(one.message));
          return;
        } finally {
          restore();
        }
        assert.fail('the list ended well, though the API refused it');
      },
    });
  }
  return checks;

  function assertHidden(text: string): void {
    for (const [name, value] of Object.entries(secrets)) {
      const forms = [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)];
      assert.ok(!forms.some((form) => text.includes(form)), `the value of ${name} is in ${redact(text)}`);
    }
  }
}

async function bytesOf(object: RawObject, signal = never()): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await object.open(signal)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('base64');
}

async function collected(objects: AsyncIterable<RawObject>): Promise<void> {
  for await (const object of objects) await bytesOf(object);
}

function within(work: Promise<void>): Promise<void> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`the abort was not heeded in ${soon} ms`)), soon).unref();
  });
  return Promise.race([work, late]);
}

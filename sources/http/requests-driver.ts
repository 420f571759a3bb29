import { redactor } from '../../model/redact.js';
import type { HttpRequestsSource } from '../../model/http-requests.js';
import type { DriverOptions, Place, SourceDriver } from '../source-driver.js';
import { eachAnswer, withMostBytes } from './driver.js';
import { movedRequest } from './moved-source.js';
import { sourceSession } from './session.js';

/** the request that goes on, and where */
interface RequestPlace {
  request: string;
  place?: Place;
}

/** the answers to several requests of one API, request after request; each object names its own */
export function httpRequestsDriver({ requests }: HttpRequestsSource, options: DriverOptions): SourceDriver {
  const session = options.session ?? sourceSession({}, redactor({}));
  return {
    async *list(interval, signal, from) {
      if (from === null) return;
      await session.load(requests);
      const begin = from as RequestPlace | undefined;
      const all = Object.entries(requests);
      const first = begin ? all.findIndex(([name]) => name === begin.request) : 0;
      for (const [at, [name, source]] of all.entries()) {
        if (at < first) continue;
        const next = all[at + 1]?.[0];
        const place = name === begin?.request ? begin.place : undefined;
        const { address: _, ...given } = withMostBytes(source, options);
        const asking = { interval, options: given, session, signal };
        for await (const object of eachAnswer(movedRequest(source, options.address), asking, place)) {
          const ended = next === undefined ? null : { request: next };
          const after = object.after ? { request: name, place: object.after } : ended;
          // two requests may go to one address
          yield { ...object, name: `${name}: ${object.name}`, request: name, after };
        }
      }
    },
  };
}

import type { Source } from '../model/source.js';
import type { Entity } from '../validate/entity.js';

/** what is wrong between the requests of a source and the entities that take their records by name */
export function requestProblems(source: Source, entities: Entity[]): string[] {
  const streams = source.kind === 'custom' ? source.streams : undefined;
  const named = streams ?? (source.kind === 'http-requests' ? Object.keys(source.requests) : []);
  const what = streams ? 'stream' : 'request';
  const known = named.length > 0 ? `known: ${named.join(', ')}` : 'its source has no `requests`';
  const wanted = entities.flatMap(({ plan, requests = [] }) => requests.map((request) => ({ request, of: plan.name })));
  const takesAll = entities.some(({ requests }) => requests === undefined);
  return [
    ...(source.kind === 'http-requests' && named.length === 0 ? ['its `requests` is empty: name one'] : []),
    ...(streams?.length === 0 ? ['its `streams` is empty: name one'] : []),
    ...(streams ? [] : named)
      .filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))
      .map((name) => `request '${name}': its name must be lower snake_case`),
    ...wanted
      .filter(({ request }) => !named.includes(request))
      .map(
        ({ request, of }) => `entity ${of} takes the ${what} '${request}', which is not one of its source (${known})`,
      ),
    ...named
      .filter((name) => !takesAll && !wanted.some(({ request }) => request === name))
      .map((name) => `no entity takes the ${what} '${name}': say when: { $${what}: '${name}' } on one`),
  ];
}

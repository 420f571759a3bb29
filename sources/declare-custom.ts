import type { DeclaredCustomSource, Generate } from '../model/custom-code.js';
import { duration } from '../model/interval.js';
import type { RecordForm } from '../model/record-form.js';

interface CustomOptions {
  /** how records lie in what the code yields: `{ form: 'json', at: 'data.items' }`, `{ form: 'ndjson' }` or `{ form: 'csv' }`; a JSON document when absent */
  records?: RecordForm;
  /** the code shows the whole state of something that has no past */
  snapshot?: boolean;
  /** names of the streams that objects may be of; entities take the records of each by `when: { $stream: <name> }` */
  streams?: string[];
  /** names of the secrets that the code reads, as in `['SHOP_TOKEN']`; it may read no other */
  secrets?: string[];
  /** how long the code may take from one object to the next; ten minutes when absent */
  silence?: string;
  /** an interval hands a state to the next, by `state` of its objects: intervals run in order */
  state?: boolean;
}

/** code of your own that yields the raw objects of an interval, as an async generator */
export function custom(
  generate: Generate,
  {
    records = { form: 'json' },
    snapshot = false,
    secrets = [],
    silence = '10 minutes',
    state = false,
    streams,
  }: CustomOptions = {},
): DeclaredCustomSource {
  return {
    kind: 'custom',
    records,
    snapshot,
    secrets: secrets.map((name) => ({ secret: name })),
    silence: duration(silence),
    ...(streams && { streams }),
    ...(state && { state: true }),
    generate,
  };
}

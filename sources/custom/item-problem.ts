import type { CustomItem } from '../../model/custom-code.js';
import type { CustomSource } from '../../model/custom-source.js';

const mostName = 1_024;

/** why what the code yielded cannot be kept; undefined when it can */
export function itemProblem(source: CustomSource, item: CustomItem, hasPlaces: boolean): string | undefined {
  const { name, body, resume, state, stream } = (item ?? {}) as Partial<CustomItem>;
  const yielded = 'the code of the source yielded';
  if (typeof name !== 'string' || name === '') return `${yielded} an object without a name: yield { name, body }`;
  if (name.length > mostName) return `${yielded} a name of ${name.length} letters, and up to ${mostName} fit`;
  const isStream = typeof body === 'object' && Symbol.asyncIterator in body;
  if (typeof body !== 'string' && !(body instanceof Uint8Array) && !isStream)
    return `${yielded} '${name}' with a body of type ${body === null ? 'null' : typeof body}: text, bytes or an async iterable of them are taken`;
  if (source.streams ? !source.streams.includes(stream ?? '') : stream !== undefined)
    return `${yielded} '${name}' of the stream '${stream}', and its \`streams\` are ${source.streams?.join(', ') ?? 'not declared'}`;
  if (hasPlaces && resume === undefined)
    return `${yielded} '${name}' without \`resume\`, and others with it: give it with each object, or with none`;
  if (state !== undefined && !source.state)
    return `${yielded} '${name}' with a state, which the source does not keep: say \`state: true\` in the options of custom`;
  if (state !== undefined && (typeof state !== 'object' || state === null || Array.isArray(state)))
    return `${yielded} '${name}' with a state that is not an object`;
  return undefined;
}

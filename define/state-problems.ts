import type { Source } from '../model/source.js';
import { keepsState } from '../model/source.js';
import { stateNamedIn } from '../model/source-state.js';
import { textsIn } from '../model/map-texts.js';

/** what is wrong with a source that hands a state from one interval to the next */
export function stateProblems(source: Source, start: string | undefined): string[] {
  const declared = source.kind === 'http' ? (source.state ?? {}) : {};
  const names = Object.keys(declared);
  const known = names.length > 0 ? `known: ${names.join(', ')}` : 'it has none';
  const unknown = stateNamedIn(textsIn(source)).filter((name) => !names.includes(name));
  return [
    ...unknown.map((name) => `its source names {state.${name}}, which its state does not have (${known})`),
    ...(keepsState(source) && start === undefined
      ? ['its source keeps a state, and its schedule needs a `start`: the interval that begins without one']
      : []),
    ...(keepsState(source) && source.snapshot
      ? ['its source is a snapshot, which has no interval before: it keeps no state']
      : []),
    ...(source.kind === 'http' && source.state && source.records.form !== 'json'
      ? ['its state is read from JSON documents, and its records are not']
      : []),
    ...(source.kind === 'http' && source.state && source.each
      ? ['its state goes with one list: `each` has others']
      : []),
    ...names
      .filter((name) => !/^[a-z][a-z0-9_]*$/.test(name))
      .map((name) => `state '${name}': its name must be lower snake_case`),
  ];
}

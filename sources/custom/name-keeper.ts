import { TerminalError } from '../../model/errors.js';

/**
 * whether an earlier attempt has kept an object of this name. Code without `resume` begins again, and what is kept is
 * passed by; code that goes on must not repeat a name, since its object would be taken for the one that is kept
 */
export function nameKeeper(hasResumed: boolean, knownNames: () => Promise<Set<string>>) {
  const here = new Set<string>();
  let earlier: Set<string> | undefined;
  return async (name: string): Promise<boolean> => {
    if (here.has(name)) {
      throw new TerminalError(
        'InvalidDefinition',
        `the code of the source yielded '${name}' twice: a name must be unique within the interval`,
      );
    }
    here.add(name);
    earlier ??= await knownNames();
    if (!earlier.has(name)) return false;
    if (!hasResumed) return true;
    throw new TerminalError(
      'InvalidDefinition',
      `the code of the source went on from its \`resume\` and yielded '${name}', which an earlier attempt has kept: begin behind that object, and number names from what you resume with. \`waterclock retry <run> --from-step extract\` begins with the first object`,
    );
  };
}

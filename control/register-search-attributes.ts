import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';
import { attributes } from '../model/attributes.js';
import type { Temporal } from './temporal.js';
import { CommandFailure, exitCodes } from './failure.js';

/** how long a server may take until it knows what it was just told */
const visibleWithin = 20_000;

/** registers the missing ones and waits until they can be used; returns their names */
export async function registerSearchAttributes(temporal: Temporal, dryRun: boolean): Promise<string[]> {
  const { connection, namespace } = temporal;
  const missing = async () => {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Object.keys(attributes).filter((name) => !(name in (customAttributes ?? {})));
  };
  const wanted = await missing();
  if (wanted.length === 0 || dryRun) return wanted;
  const types = Object.values(attributes).map(
    ({ name, type }) => [name, encodeSearchAttributeIndexedValueType(type) ?? 0] as const,
  );
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(types.filter(([name]) => wanted.includes(name))),
  });
  for (const end = Date.now() + visibleWithin; ;) {
    const still = await missing();
    if (still.length === 0) return wanted;
    if (Date.now() > end) {
      throw new CommandFailure(
        exitCodes.failed,
        `temporal does not show the search attributes ${still.join(', ')} after ${visibleWithin / 1000} s: run \`waterclock setup\` again`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

// a worker thread inherits no loader: run from source, it registers its own
import { register } from 'tsx/esm/api';

register();
const thread = await import('./thread.ts');

export const { validatePart, joinFiles } = thread;

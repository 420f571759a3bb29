import { startCommand } from './commands/start.js';
import { testCommand } from './commands/test.js';

/** the commands that this package adds to `waterclock` */
export const commands = { start: startCommand(process.env), test: testCommand(process.env) };

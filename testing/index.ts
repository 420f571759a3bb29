/** what a project's tests import from 'waterclock/testing' */
export { validated, type Validated } from './validated.js';

/** what a project's tests import from 'waterclock/testing' */
export { sourceContract, type ContractCheck, type SourceContract } from './source-contract.js';
export { validated, type Validated } from './validated.js';

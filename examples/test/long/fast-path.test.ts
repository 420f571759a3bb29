import { fileURLToPath } from 'node:url';
import { testFastPath } from '../../../test/support/fast-path.js';
import { pipelines } from '../support/marts.js';

testFastPath(fileURLToPath(new URL('../..', import.meta.url)), pipelines, 10_000);

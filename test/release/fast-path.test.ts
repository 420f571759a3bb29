import { fileURLToPath } from 'node:url';
import { testFastPath } from '../support/fast-path.js';
import { pipelines } from '../support/pipelines.js';

testFastPath(fileURLToPath(new URL('../project', import.meta.url)), pipelines, 100_000);

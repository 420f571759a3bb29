import { dev } from './dev.js';
import { prod } from './prod.js';

export const settings = { dev, prod };

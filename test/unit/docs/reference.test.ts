import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import * as waterclock from '../../../index.js';
import { referencePage, withoutComment } from '../../support/reference-page.js';

const exported = Object.keys(waterclock);

test('docs/reference.md is what the types and their comments say; `npm run docs:reference` writes it', async () => {
  const file = new URL('../../../docs/reference.md', import.meta.url).pathname;
  const written = await format(referencePage(exported), { ...(await resolveConfig(file)), parser: 'markdown' });
  expect(readFileSync(file, 'utf8')).toBe(written);
});

test('every option has a comment above it, which is what the page says of it', () => {
  expect(withoutComment(exported)).toEqual([]);
});

import type { TestStack } from '../../local/test-stack/test-stack.js';

declare module 'vitest' {
  interface ProvidedContext {
    stack: TestStack;
  }
}

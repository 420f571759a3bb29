import { readFileSync, writeFileSync } from 'node:fs';
import { withSetUpLock } from '../../local/setup/set-up-lock.mjs';

// adds one to a file, a number of times, each under the lock
const [lock, file, times] = process.argv.slice(2);
for (let left = Number(times); left > 0; left--) {
  await withSetUpLock(
    lock,
    () => undefined,
    async () => {
      const count = Number(readFileSync(file, 'utf8'));
      await new Promise((resolve) => setTimeout(resolve, 1));
      writeFileSync(file, String(count + 1));
    },
  );
}

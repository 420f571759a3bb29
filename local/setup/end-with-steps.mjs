import { endSteps } from './run-step.mjs';

/** Ctrl-C during a set-up ends what it started; the next one begins where stamps are missing */
export function endWithSteps() {
  const numbers = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };
  const listeners = Object.entries(numbers).map(([signal, number]) => {
    const end = () => {
      endSteps();
      process.stderr.write('set-up interrupted: the next start does it again\n');
      process.exit(128 + number);
    };
    process.on(signal, end);
    return () => process.off(signal, end);
  });
  return () => listeners.forEach((stop) => stop());
}

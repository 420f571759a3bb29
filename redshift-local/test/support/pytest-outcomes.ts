/** by their names: what pytest says of each test with `-rA`; one whose set-up or end fails has failed */
export interface Outcomes {
  passed: string[];
  failed: string[];
}

export function pytestOutcomes(output: string): Outcomes {
  const named = (word: string) =>
    [...output.matchAll(new RegExp(`^(?:${word}) (\\S+::.+?)(?: - .*)?$`, 'gm'))].flatMap(([, name]) => name ?? []);
  const failed = new Set(named('FAILED|ERROR'));
  return { passed: named('PASSED').filter((name) => !failed.has(name)), failed: [...failed] };
}

/** what contradicts a list of tests that fail, each a test, a class or a file: the list is to stay true */
export function contradictions(listed: string[], { passed, failed }: Outcomes) {
  const covers = (entry: string, name: string) => name === entry || name.startsWith(`${entry}::`);
  return {
    failedUnlisted: failed.filter((name) => !listed.some((entry) => covers(entry, name))),
    passedThoughListed: passed.filter((name) => listed.some((entry) => covers(entry, name))),
    listedButMissing: listed.filter((entry) => ![...passed, ...failed].some((name) => covers(entry, name))),
  };
}

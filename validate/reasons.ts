import type { z } from 'zod';

export interface Reason {
  path: PropertyKey[];
  message: string;
  /** the wanted type, when the value's was another */
  expected?: string;
}

/** what zod found wrong with a value; of a union, what its nearest branch says */
export function reasonsOf(issues: z.core.$ZodIssue[], above: PropertyKey[] = []): Reason[] {
  return issues.flatMap((issue): Reason[] => {
    const path = [...above, ...issue.path];
    if (issue.code === 'invalid_union') {
      const branches = issue.errors.map((branch) => reasonsOf(branch, path));
      const mistyped = branches.map((branch) =>
        branch.find(({ expected, path: at }) => expected && at.length === path.length),
      );
      // a branch of the value's own type tells more than that it is not of the others'
      const near = branches.find((_, at) => !mistyped[at]);
      if (near) return near;
      const expected = [...new Set(mistyped.map((reason) => reason?.expected))].join(' or ');
      if (expected)
        return [{ path, expected, message: `${mistyped[0]?.message.replace(/expected \w+/, `expected ${expected}`)}` }];
    }
    return [{ path, message: issue.message, ...(issue.code === 'invalid_type' && { expected: issue.expected }) }];
  });
}

/** `data.location.lat: Invalid input: expected number, received string` */
export function tellReason({ path, message }: Reason): string {
  return `${path.map(String).join('.') || 'the record'}: ${message}`;
}

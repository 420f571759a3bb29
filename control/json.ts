/** JSON text of a result; integers beyond 2^53 as text, so that no reader rounds them */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? exact(field) : field));
}

function exact(value: bigint): number | string {
  const isSafe = value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER;
  return isSafe ? Number(value) : value.toString();
}

/** a value in AWS Secrets Manager */
export interface SecretPlace {
  /** name, or whole ARN */
  id: string;
  /** member of a JSON value */
  key?: string;
  /** of an ARN; the worker's own when absent */
  region?: string;
}

const reference =
  /^(?:(arn:[\w-]+:secretsmanager:([\w-]+):\d{12}:secret:[^#\s]+)|secretsmanager:([^#\s]+))(?:#(\S+))?$/;

/** `arn:aws:secretsmanager:...` or `secretsmanager:<name>`, with `#key` for a member of a JSON value; undefined of other texts */
export function secretPlace(text: string): SecretPlace | undefined {
  const [found, arn, region, name, key] = reference.exec(text.trim()) ?? [];
  const id = arn ?? name;
  if (found === undefined || id === undefined) return undefined;
  return { id, ...(key !== undefined && { key }), ...(region !== undefined && { region }) };
}

export function secretNameProblem(name: string): string | undefined {
  if (/^[A-Za-z_]\w*$/.test(name) || secretPlace(name)) return undefined;
  return `its secret '${name}' must be the name of a variable (letters, digits and _), or a place in AWS Secrets Manager: secretsmanager:<name>#<key>, or a whole ARN`;
}

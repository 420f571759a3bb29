import { secretPlace } from './secret-place.js';

type Environment = Record<string, string | undefined>;

/** variables whose value is nobody's to read; what only says where a secret lies is none */
const secretName = /SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|CREDENTIAL|PRIVATE_KEY/i;
const whereItLies = /_(ARN|FILE|URI|ID|NAME)$/i;
const sourceName = /^WATERCLOCK_SOURCE_/;
/** a shorter one would blot out ordinary words */
const shortest = 6;
/** of a value that a definition names as secret */
const shortestNamed = 4;

/** hides secrets in any text */
export interface Redactor {
  (text: string): string;
  /** hides this value too, until the function that it returns is called */
  add(secret: string): () => void;
}

/** knows the environment's secrets: passwords, keys, tokens, and what the addresses of sources carry */
export function redactor(environment: Environment): Redactor {
  const found = Object.entries(environment).flatMap(([name, value]) => {
    if (!value) return [];
    const isPlace = whereItLies.test(name) || secretPlace(value) !== undefined;
    const own = secretName.test(name) && !isPlace ? [value] : [];
    return [...own, ...carriedBy(value, sourceName.test(name))];
  });
  const own = found.filter((secret) => secret.length >= shortest).flatMap(formsOf);
  const added = new Set<string>();
  let secrets = inOrder(own);
  const redact = (text: string) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
  const renew = () => (secrets = inOrder([...own, ...Array.from(added).flatMap(formsOf)]));
  return Object.assign(redact, {
    add(secret: string) {
      if (secret.length < shortestNamed || added.has(secret)) return () => undefined;
      added.add(secret);
      renew();
      return () => {
        added.delete(secret);
        renew();
      };
    },
  });
}

/** as texts, addresses and JSON have it */
function formsOf(secret: string): string[] {
  const inQuery = new URLSearchParams({ s: secret }).toString().slice(2);
  return [secret, encodeURIComponent(secret), inQuery, JSON.stringify(secret).slice(1, -1)];
}

/** the longest first: one may contain another */
const inOrder = (secrets: string[]) => [...new Set(secrets)].sort((a, b) => b.length - a.length);

/** the password of an address, and the query of a source's */
function carriedBy(value: string, isSource: boolean): string[] {
  if (!URL.canParse(value)) return [];
  const { password, searchParams } = new URL(value);
  return [password, decoded(password), ...(isSource ? searchParams.values() : [])].filter(Boolean);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

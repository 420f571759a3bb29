type Environment = Record<string, string | undefined>;

/** variables whose value is nobody's to read; what only says where a secret lies is none */
const secretName = /SECRET|PASSWORD|PASSWD|TOKEN|API_?KEY|CREDENTIAL|PRIVATE_KEY/i;
const whereItLies = /_(ARN|FILE|URI|ID|NAME)$/i;
const sourceName = /^WATERCLOCK_SOURCE_/;
/** a shorter one would blot out ordinary words */
const shortest = 6;

/** hides the environment's secrets in any text: passwords, keys, tokens, and what the addresses of sources carry */
export function redactor(environment: Environment): (text: string) => string {
  const found = Object.entries(environment).flatMap(([name, value]) => {
    if (!value) return [];
    const own = secretName.test(name) && !whereItLies.test(name) ? [value] : [];
    return [...own, ...carriedBy(value, sourceName.test(name))];
  });
  const forms = found
    .filter((secret) => secret.length >= shortest)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  // the longest first: one may contain another
  const secrets = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

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

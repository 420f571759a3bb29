type Environment = Record<string, string | undefined>;

/** what programs need of the worker's; its secrets are not among them */
const passed = /^(PATH|LANG|LC_\w+|TZ|(HTTPS?|NO|ALL)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE)$/i;

export function childEnvironment(environment: Environment, folder: string): Environment {
  const own = Object.entries(environment).filter(([name]) => passed.test(name));
  return { ...Object.fromEntries(own), HOME: folder, TMPDIR: folder, PYTHONUNBUFFERED: '1' };
}

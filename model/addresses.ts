/** `host` or `host:port` as a list of hosts has it; undefined where it is something else */
export function hostOf(text: string): string | undefined {
  if (/[/@?#\s]/.test(text) || !URL.canParse(`https://${text}`)) return undefined;
  return new URL(`https://${text}`).host;
}

/** whether two addresses are at one host; the port counts where it is not the usual one */
export function sameHost(address: Address, other: Address | string): boolean {
  if (typeof other === 'string') return hostOf(other) === address.host.toLowerCase();
  return address.hostname === other.hostname && usual(address.port) === usual(other.port);
}

interface Address {
  hostname: string;
  host: string;
  port: string;
}

/** the URL class leaves out the usual port of a scheme */
const usual = (port: string) => port || 'usual';

/** loopback, link-local (where clouds serve credentials) and unspecified addresses; never a server of someone else's */
export function isOwnAddress(hostname: string): boolean {
  const name = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(name);
  if (mapped) return isOwnIpv4((parseInt(mapped[1] ?? '', 16) >> 8) & 255, parseInt(mapped[1] ?? '', 16) & 255);
  if (name === '::1' || name === '::' || /^fe[89ab][0-9a-f]:/.test(name)) return true;
  const ipv4 = /^(\d+)\.(\d+)\.\d+\.\d+$/.exec(name);
  return ipv4 !== null && isOwnIpv4(Number(ipv4[1]), Number(ipv4[2]));
}

const isOwnIpv4 = (first: number, second: number) => first === 127 || first === 0 || (first === 169 && second === 254);

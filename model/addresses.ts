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

/** loopback, link-local, unspecified, and where clouds serve credentials; never a server of someone else's */
export function isOwnAddress(hostname: string): boolean {
  const name = hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.+$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  const groups = name.includes(':') ? groupsOf(name) : undefined;
  if (groups) return isOwnIpv6(groups);
  const ipv4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(name);
  return ipv4 !== null && isOwnIpv4(ipv4.slice(1).map(Number));
}

/** 100.100.100.200 and 192.0.0.192 are the metadata of Alibaba's and Oracle's machines, as 169.254.169.254 is that of the others */
function isOwnIpv4([first = 0, second = 0, ...rest]: number[]): boolean {
  if (first === 127 || first === 0 || (first === 169 && second === 254)) return true;
  return ['100.100.100.200', '192.0.0.192'].includes([first, second, ...rest].join('.'));
}

function isOwnIpv6(groups: number[]): boolean {
  const [first = 0, second = 0] = groups;
  const begin = (length: number) => groups.slice(0, length).map((group) => group.toString(16));
  if ((first & 0xffc0) === 0xfe80) return true;
  // metadata and credentials of AWS, metadata of Google
  if (begin(2).join(':') === 'fd00:ec2' || (first === 0xfd20 && second === 0xce)) return true;
  if (begin(7).every((group) => group === '0') && (groups[7] ?? 0) <= 1) return true;
  const within = innerIpv4(groups, begin);
  return within !== undefined && isOwnIpv4(within);
}

/** the IPv4 address that an IPv6 address leads to: mapped, compatible, translated (NAT64), or by a tunnel (6to4) */
function innerIpv4(groups: number[], begin: (length: number) => string[]): number[] | undefined {
  const bytesAt = (at: number) => groups.slice(at, at + 2).flatMap((group) => [group >> 8, group & 255]);
  if (groups[0] === 0x2002) return bytesAt(1);
  const isInner = ['0:0:0:0:0:ffff', '0:0:0:0:ffff:0', '0:0:0:0:0:0', '64:ff9b:0:0:0:0'].includes(begin(6).join(':'));
  return isInner || begin(3).join(':') === '64:ff9b:1' ? bytesAt(6) : undefined;
}

/** the eight numbers of an IPv6 address; undefined where it is none */
function groupsOf(text: string): number[] | undefined {
  const [address = ''] = text.split('%');
  if (!URL.canParse(`http://[${address}]`)) return undefined;
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const [before, after] = [numbers(left), numbers(right ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}

import { hostOf, isOwnAddress, sameHost } from '../model/addresses.js';
import { hostChoosers } from '../model/filled-address.js';
import { isSecret, secretNames, type HttpPages, type HttpSource } from '../model/http-source.js';
import { secretNameProblem } from '../model/secret-place.js';
import { textsIn } from '../model/map-texts.js';
import { timeProblems } from '../model/times.js';

/** everything that is wrong with a declaration of requests */
export function httpProblems(source: HttpSource): string[] {
  const { url, body, method, rate, hosts, each } = source;
  const others = each ? ['each'] : [];
  return [
    ...timeProblems(url, 'its url', others),
    ...texts(source.query, 'its query parameter', others),
    ...texts(source.headers, 'its header', others),
    ...(body && 'form' in body ? texts(body.form, 'its form field', others) : []),
    ...(each ? eachProblems(source, each) : []),
    // other braces are the language's own: GraphQL has `{ id }`
    ...textsIn(body && !('form' in body) ? body : []).flatMap((text) =>
      timeProblems(text, 'its body').filter((problem) => /has \{(start|end)[:}]/.test(problem)),
    ),
    ...addressProblems(url),
    ...hostProblems(source),
    ...(body && method === 'GET' ? ['it has a body and its method is GET: declare `method`'] : []),
    ...secretNames(source)
      .map(secretNameProblem)
      .filter((problem) => problem !== undefined),
    ...plainSecrets(source),
    ...authProblems(source),
    ...pageProblems(source),
    ...recordProblems(source),
    ...statusProblems(source),
    ...hosts.filter((host) => hostOf(host) !== host.toLowerCase()).map(notHost),
    ...(rate?.perSecond !== undefined && !(rate.perSecond > 0)
      ? [`its rate.perSecond must be above 0, got ${rate.perSecond}`]
      : []),
    ...(rate?.remaining !== undefined && rate.reset === undefined
      ? ['its rate names the header `remaining` and needs `reset` too: without it the wait has no end']
      : []),
    ...(source.mostBytes !== undefined && !(source.mostBytes > 0)
      ? [`its mostBytes must be above 0, got ${source.mostBytes}`]
      : []),
  ];
}

const notHost = (host: string) => `its hosts has '${host}', and must have names like api.example.com or localhost:8080`;

function texts(named: Record<string, unknown>, what: string, others: string[]): string[] {
  return Object.entries(named).flatMap(([name, text]) =>
    typeof text === 'string' ? timeProblems(text, `${what} ${name}`, others) : [],
  );
}

function eachProblems(of: HttpSource, { from }: NonNullable<HttpSource['each']>): string[] {
  const { each: _, ...source } = of;
  return [
    ...httpProblems(from).map((problem) => `each.from: ${problem}`),
    ...(from.each ? ['each.from has each itself: one level is taken'] : []),
    ...(from.records.form === 'json' ? [] : [`each.from must be JSON: its records are ${from.records.form}`]),
    ...(textsIn(source).some((text) => text.includes('{each}'))
      ? []
      : ['it has `each` and names {each} nowhere: all its requests would be one']),
  ];
}

/** with a value in each placeholder */
const plain = (url: string) => url.replace(/\{[^{}]*\}/g, '1');

function addressProblems(url: string): string[] {
  if (!URL.canParse(plain(url)))
    return [`its url must be an address like https://api.example.com/orders, got '${url}'`];
  const { protocol, password } = new URL(plain(url));
  return [
    ...(/^https?:$/.test(protocol) ? [] : [`its url must begin with https:// or http://, got '${protocol}//'`]),
    ...(password ? ["its url has a password: use auth: basic('user', secret('NAME'))"] : []),
  ];
}

/** credentials go to the host of the address, which neither an answer nor a run may choose */
function hostProblems({ url, ...source }: HttpSource): string[] {
  const hasSecrets = secretNames(source).length > 0;
  return hostChoosers(url)
    .filter((name) => hasSecrets || /^(each$|state\.)/.test(name))
    .map(
      (name) =>
        `its url lets {${name}} choose the host that it asks, '${url}': write the end of the host, as {${name}}.example.com`,
    );
}

/** names whose values nobody should write into a definition */
const secretHeader = /^(authorization|proxy-authorization|cookie)$|api-?key|(access|auth)-?token|secret|password/i;
const secretParameter = /^(api_?key|access_?token|auth_?token|client_?secret|password|secret)$/i;

function plainSecrets({ url, headers, query }: HttpSource): string[] {
  const isPlain = ([, value]: [string, unknown]) => !isSecret(value);
  const inUrl = URL.canParse(plain(url)) ? [...new URL(plain(url)).searchParams.keys()] : [];
  const named = (what: string, name: string) =>
    `its ${what} ${name} has its value in the definition: use secret('NAME'), or \`auth\``;
  const parameters = [
    ...inUrl,
    ...Object.entries(query)
      .filter(isPlain)
      .map(([name]) => name),
  ];
  return [
    ...Object.entries(headers)
      .filter(isPlain)
      .flatMap(([name]) => (secretHeader.test(name) ? [named('header', name)] : [])),
    ...parameters.filter((name) => secretParameter.test(name)).map((name) => named('query parameter', name)),
  ];
}

function authProblems({ auth, url, hosts }: HttpSource): string[] {
  if (!auth || !('tokenUrl' in auth)) return [];
  if (!URL.canParse(plain(auth.tokenUrl))) return [`its tokenUrl must be an address, got '${auth.tokenUrl}'`];
  if (!URL.canParse(plain(url))) return [];
  const token = new URL(plain(auth.tokenUrl));
  const source = new URL(plain(url));
  if (isOwnAddress(token.hostname) && !isOwnAddress(source.hostname)) {
    return [`its tokenUrl is ${token.host}, an address of the machine or network itself: it is refused`];
  }
  return sameHost(token, source) || hosts.some((host) => sameHost(token, host))
    ? []
    : [`its tokenUrl is at ${token.host}, another host than its url: name it in hosts: ['${token.host}']`];
}

function pageProblems({ pages, body, records }: HttpSource): string[] {
  if (pages === undefined || pages === 'none') return [];
  const { mostPages } = pages;
  return [
    ...(Number.isInteger(mostPages) && mostPages > 0
      ? []
      : [`its mostPages must be a whole number above 0, got ${mostPages}`]),
    ...('in' in pages && pages.in === 'body' && (!body || 'text' in body)
      ? [`its pages put ${pages.param} into the body, and its body is neither json nor form`]
      : []),
    ...('limit' in pages && !(Number.isInteger(pages.limit) && pages.limit > 0)
      ? [`its pages' limit must be a whole number above 0, got ${pages.limit}`]
      : []),
    ...(records.form !== 'json' && placesOf(pages).length > 0
      ? [`its pages read ${placesOf(pages).join(' and ')} from a JSON document, and its records are ${records.form}`]
      : []),
  ];
}

function placesOf(pages: HttpPages): string[] {
  return [
    ...('at' in pages ? [pages.at] : []),
    ...('total' in pages && pages.total ? [pages.total] : []),
    ...('until' in pages && pages.until ? [pages.until] : []),
  ];
}

function recordProblems({ records, failure }: HttpSource): string[] {
  const isBad = (place: string) => place.split('.').some((name) => name === '');
  return [
    ...(records.form === 'json' && records.at !== undefined && isBad(records.at)
      ? [`its records.at must be names with dots between, as in 'data.items', got '${records.at}'`]
      : []),
    ...(failure && records.form !== 'json'
      ? ['its failure is a place in a JSON document, and its records are not']
      : []),
  ];
}

function statusProblems({ statuses }: HttpSource): string[] {
  const all = Object.entries(statuses).flatMap(([kind, list]) => list.map((status) => ({ kind, status })));
  return all.flatMap(({ kind, status }, at) => {
    const other = all.slice(0, at).find((one) => one.status === status && one.kind !== kind);
    return [
      ...(Number.isInteger(status) && status >= 100 && status <= 599
        ? []
        : [`its statuses.${kind} has ${status}, which is not an HTTP status`]),
      ...(other ? [`its status ${status} is in both ${other.kind} and ${kind}`] : []),
    ];
  });
}

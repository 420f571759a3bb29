import { attributes } from 'waterclock/facts';

/** what the command of Temporal calls the types of search attributes */
const typeNames = { KEYWORD: 'Keyword', DATETIME: 'Datetime', BOOL: 'Bool', INT: 'Int' } as const;

const searchAttributes = Object.values(attributes).map(({ name, type }) => ({ name, type: typeNames[type] }));

const retention = '30d';

/** waits for the server, then makes the namespace with 30 days of history and every search attribute; safe to repeat */
export function namespaceScript(namespace: string): string {
  const name = `--namespace ${namespace}`;
  const wanted = searchAttributes.flatMap((one) => [`--name ${one.name}`, `--type ${one.type}`]).join(' ');
  return [
    'set -eu',
    'until temporal operator cluster health --command-timeout 5s; do sleep 2; done',
    `temporal operator namespace describe ${name} || temporal operator namespace create ${name} --retention ${retention}`,
    `temporal operator namespace update ${name} --retention ${retention}`,
    // a new namespace is known everywhere within seconds
    `until temporal operator search-attribute create ${name} ${wanted}; do sleep 2; done`,
  ].join('\n');
}

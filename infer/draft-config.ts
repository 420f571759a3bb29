import { dataOf, isData, listOf, textOf, type Data } from '../sources/connectors/loose-data.js';

type ConfigValue = string | number | boolean | { secret: string } | unknown[] | { [name: string]: ConfigValue };

export interface DraftConfig {
  config: Record<string, ConfigValue>;
  /** fields that nobody has given a value, as `credentials.account: the account` */
  open: string[];
}

/**
 * the configuration that a connector's specification asks for, as far as it says: what must be there, with its default, its
 * example, or the name of a secret
 */
export function draftConfig(pipeline: string, specification: Data): DraftConfig {
  const open: string[] = [];

  function valueOf(schema: Data, path: string[]): ConfigValue {
    const name = path.join('_');
    if (schema['airbyte_secret'] === true || schema['secret'] === true)
      return { secret: `${pipeline}_${name}`.replace(/\W+/g, '_').toUpperCase() };
    const [example] = [
      schema['const'],
      schema['default'],
      ...listOf(schema['examples']),
      ...listOf(schema['enum']),
    ].filter((one) => one !== undefined && one !== null);
    if (example !== undefined) return example as ConfigValue;
    const [first] = listOf(schema['oneOf']).filter(isData);
    if (first || isData(schema['properties'])) return objectOf({ ...schema, ...first }, path);
    open.push(`${path.join('.')}: ${textOf(schema['title']) || textOf(schema['description']) || 'to be set'}`);
    const type = listOf([schema['type']].flat()).find((one) => one !== 'null');
    return type === 'integer' || type === 'number' ? 0 : type === 'boolean' ? false : type === 'array' ? [] : '';
  }

  function objectOf(schema: Data, path: string[]): Record<string, ConfigValue> {
    const required = new Set(listOf(schema['required']));
    const properties = Object.entries(dataOf(schema['properties']));
    const wanted = properties.filter(([name, one]) => required.has(name) || dataOf(one)['const'] !== undefined);
    return Object.fromEntries(wanted.map(([name, one]) => [name, valueOf(dataOf(one), [...path, name])]));
  }

  return { config: objectOf(specification, []), open };
}

/** places of values that a specification calls secret, as `credentials.token` */
export function secretPlaces(specification: Data, path: string[] = []): Set<string> {
  const inner = [specification, ...listOf(specification['oneOf']).filter(isData)];
  const found = inner.flatMap((one) =>
    Object.entries(dataOf(one['properties'])).flatMap(([name, schema]) => {
      const own = dataOf(schema);
      const here = [...path, name];
      const isSecret = own['airbyte_secret'] === true || own['secret'] === true;
      return isSecret ? [here.join('.')] : [...secretPlaces(own, here)];
    }),
  );
  return new Set(found);
}

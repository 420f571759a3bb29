import type { z } from 'zod';
import { TerminalError } from '../model/errors.js';
import { isSecretName, mostParamBytes, type Params } from '../model/params.js';
import { paramsNamedIn } from '../model/source-params.js';
import type { Source } from '../model/source.js';
import type { TaskProgram } from '../model/task.js';
import { jsonSchema, type Node } from '../columns/json-schema.js';

/** one param of a pipeline, as people are told of it */
interface Param {
  name: string;
  /** `number from -1 to 10` */
  type: string;
  description?: string;
  default?: unknown;
}

export interface ParamsSpec {
  listed: Param[];
  /** the text of a command line as the param's value; throws naming the param, its type and the known ones */
  read(texts: Record<string, string>): Params;
  /** values as they came from `read`, with the defaults of today; throws InvalidParams */
  complete(given: Params): Params;
}

const plain = ['string', 'number', 'integer', 'boolean'];

/** adds what is wrong with the params of a definition to `problems` */
export function paramsOf(
  pipeline: string,
  schema: z.ZodObject | undefined,
  source: Source,
  problems: string[],
  tasks: TaskProgram[] = [],
): ParamsSpec {
  const input = schema ? fields(jsonSchema(schema, 'input')) : {};
  const output = schema ? fields(jsonSchema(schema, 'output')) : {};
  for (const [name, node] of Object.entries(input)) {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) problems.push(`param ${name}: its name must be lower snake_case`);
    if (isSecretName(name)) problems.push(`param ${name}: params are kept in history and must be no secret`);
    const isPlain = (node: Node | undefined) => typeof node?.type === 'string' && plain.includes(node.type);
    if (!isPlain(node) || !isPlain(output[name])) {
      problems.push(`param ${name} must be a string, a number, a boolean or a choice of strings, without a transform`);
    }
  }
  if (schema) {
    // scheduled runs name none
    const without = schema.safeParse({});
    for (const issue of without.error?.issues ?? []) {
      problems.push(`param ${issue.path.join('.')} needs a default or .optional(): scheduled runs name none`);
    }
  }
  for (const name of paramsNamedIn(source)) {
    if (!Object.hasOwn(input, name))
      problems.push(`its source names {params.${name}}, which is not declared in params (${known(input)})`);
  }
  for (const name of paramsNamedIn(tasks)) {
    if (!Object.hasOwn(input, name))
      problems.push(`a task names {params.${name}}, which is not declared in params (${known(input)})`);
  }

  function check(given: Record<string, unknown>): Params {
    const wrong = (name: string) => {
      const node = Object.hasOwn(input, name) ? input[name] : undefined;
      return node
        ? `param ${name} of ${pipeline} must be ${typeText(node)}, got '${String(given[name])}'`
        : `${pipeline} has no param ${name} (${known(input)})`;
    };
    const unknown = Object.keys(given).filter((name) => !Object.hasOwn(input, name));
    const parsed = schema?.safeParse(given);
    const invalid = (parsed?.error?.issues ?? []).map((issue) => String(issue.path[0]));
    const names = new Set([...unknown, ...invalid]);
    if (names.size > 0) throw new TerminalError('InvalidParams', [...names].map(wrong).join('; '));
    const params = (parsed?.data ?? {}) as Params;
    const bytes = Buffer.byteLength(JSON.stringify(params));
    if (bytes > mostParamBytes) {
      const remedy = 'name an object that holds what is long';
      throw new TerminalError(
        'InvalidParams',
        `the params of ${pipeline} have ${bytes} bytes, ${mostParamBytes} at most: ${remedy}`,
      );
    }
    return params;
  }

  return {
    listed: Object.entries(input).map(([name, node]) => ({
      name,
      type: typeText(node),
      ...(node.description && { description: node.description }),
      ...(node.standIn !== undefined && { default: JSON.parse(node.standIn) as unknown }),
    })),
    read(texts) {
      const values = Object.entries(texts).map(([name, text]) => [name, valueOf(input[name], text)] as const);
      check(Object.fromEntries(values));
      return Object.fromEntries(values) as Params;
    },
    complete: (given) => Object.fromEntries(Object.entries(check(given)).filter(([, value]) => value !== undefined)),
  };
}

function fields({ properties = {} }: Node): Record<string, Node> {
  return properties;
}

function known(input: Record<string, Node>): string {
  const names = Object.entries(input).map(([name, node]) => `${name}: ${typeText(node)}`);
  return names.length > 0 ? `known: ${names.join(', ')}` : 'it takes none';
}

/** text that is no value of the type stays text: the schema says what it should be */
function valueOf(node: Node | undefined, text: string): unknown {
  const isNumber = node?.type === 'number' || node?.type === 'integer';
  if (isNumber && /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (node?.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function typeText(node: Node): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum) return `one of ${node.enum.join(', ')}`;
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'string') return node.format ? `text as ${node.format}` : 'text';
  const bounds = [
    bound('from', node.minimum, Number.MIN_SAFE_INTEGER),
    bound('above', node.exclusiveMinimum),
    bound('to', node.maximum, Number.MAX_SAFE_INTEGER),
    bound('below', node.exclusiveMaximum),
  ];
  return [node.type === 'integer' ? 'a whole number' : 'a number', ...bounds].filter(Boolean).join(' ');
}

/** zod's own limits of whole numbers say nothing */
function bound(word: string, limit: number | undefined, untold?: number): string {
  return limit === undefined || limit === untold ? '' : `${word} ${limit}`;
}

import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { TerminalError } from '../model/errors.js';
import { checkEntity } from './check-entity.js';
import { entitiesFile, type EntityNode } from './entities-file.js';
import { toZod, yamlPath } from './entities-schema.js';
import { defineEntity } from './entity.js';
import type { EntityOptions } from './options.js';
import type { Entity } from '../validate/entity.js';

type Path = (string | number)[];

interface Problem {
  path: Path;
  message: string;
}

/** entities of a YAML file, each a JSON Schema with `x-` words; throws InvalidDefinition with every problem and its line */
export function entitiesFromYaml(file: URL): Entity[] {
  const path = fileURLToPath(file);
  return parseEntities(readFileSync(path, 'utf8'), `${basename(dirname(path))}/${basename(path)}`);
}

export function parseEntities(text: string, name: string): Entity[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true, prettyErrors: false });
  if (document.errors.length > 0) {
    refuse(
      name,
      document.errors.map(({ pos, message }) => `line ${lines.linePos(pos[0]).line}: ${message}`),
    );
  }
  const { options, problems } = read(document.toJS());
  if (problems.length > 0) {
    const told = problems.map((problem) => ({ ...problem, line: lineOf(document, lines, problem.path) }));
    refuse(
      name,
      told
        .sort((a, b) => a.line - b.line)
        .map(({ line, path, message }) => `line ${line}: ${path.map(String).join('.')}: ${message}`),
    );
  }
  return options.map(defineEntity);
}

function refuse(name: string, told: string[]): never {
  throw new TerminalError('InvalidDefinition', `${name}: ${told.join('; ')}`);
}

function read(content: unknown): { options: EntityOptions[]; problems: Problem[] } {
  const lost = protoWithin(content);
  if (lost) return { options: [], problems: [{ path: lost, message: protoMessage }] };
  const parsed = entitiesFile.safeParse(content);
  if (!parsed.success) return { options: [], problems: slips(parsed.error.issues) };
  const problems: Problem[] = [];
  const options = Object.entries(parsed.data).flatMap(([name, node]) => {
    const { schema, broken } = toZod(node);
    if (broken.length > 0) {
      problems.push(...broken.map(({ path, message }) => ({ path: [name, ...path], message })));
      return [];
    }
    const entity = optionsOf(name, node, schema);
    const found = checkEntity(entity).problems.map(({ at, path, message }) => ({
      path: [name, ...(path ? yamlPath(node, path) : at === 'name' ? [] : [`x-${at}`])],
      message: inYaml(message),
    }));
    problems.push(...found);
    return [entity];
  });
  return { options, problems };
}

const protoMessage = "cannot be a name in a file: declare this entity in TypeScript, z.object({ ['__proto__']: ... })";

/** where a name is that zod would leave out without a word */
function protoWithin(value: unknown): Path | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, child] of Object.entries(value)) {
    const found = name === '__proto__' ? [] : protoWithin(child);
    if (found) return [Array.isArray(value) ? Number(name) : name, ...found];
  }
  return undefined;
}

function optionsOf(name: string, node: EntityNode, schema: z.ZodType): EntityOptions {
  const rows = node['x-rows'];
  const {
    'x-key': key,
    'x-order': order,
    'x-lookback': lookback,
    'x-when': when,
    'x-unknown-fields': unknownFields,
  } = node;
  return {
    name,
    mode: node['x-mode'],
    schema,
    ...(node.description && { description: node.description }),
    ...(key && { key }),
    ...(order && { order }),
    ...(lookback !== undefined && { lookback }),
    ...(when && { when }),
    ...(rows && {
      rows: {
        each: rows.each,
        ...(rows.with && { with: rows.with }),
        ...(rows.index && { index: rows.index }),
        ...(rows.replace && { replace: true }),
      },
    }),
    ...(unknownFields && { unknownFields }),
    ...(node['x-allow-empty'] && { allowEmpty: true }),
  };
}

/** where the file is not of the form it should have */
function slips(issues: z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: 'is no word of a schema, or not one that is read here',
      }));
    }
    return [{ path, message: issue.message }];
  });
}

const inYamlToo: [RegExp, string][] = [
  [/z\.int\(\)/g, 'type: integer'],
  [/z\.iso\.datetime\(\)/g, 'format: date-time'],
  [/z\.record\(z\.string\(\), z\.unknown\(\)\)/g, 'type: object without properties'],
  [/a z\.object\b/g, 'an object with properties'],
  [/z\.array\(\.\.\.\)/g, 'type: array'],
  [/\.nullable\(\) on a type/g, "type: [..., 'null']"],
];

/** the remedies of a definition in TypeScript, in the words of a file */
function inYaml(message: string): string {
  const words = message.replace(
    /\.meta\(\{ (\w+): (.*?) \}\)/g,
    (_, word: string, value: string) => `x-${word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${value}`,
  );
  return inYamlToo.reduce((text, [zod, yaml]) => text.replace(zod, yaml), words);
}

/** of the deepest place of the path that the file has */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  let line = 1;
  let at: unknown = document.contents;
  for (const name of path) {
    if (isMap(at)) {
      const pair = at.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
      if (!isScalar(pair?.key) || !pair.key.range) return line;
      line = lines.linePos(pair.key.range[0]).line;
      at = pair.value;
    } else if (isSeq(at)) {
      at = at.items[Number(name)];
      if (isNode(at) && at.range) line = lines.linePos(at.range[0]).line;
    } else return line;
  }
  return line;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync, type Comment, type ParamPattern, type Span, type TSSignature, type TSType } from 'oxc-parser';

/** one option of a declaration, as its type and the comment above it say */
export interface Option {
  name: string;
  type: string;
  isRequired: boolean;
  what: string;
}

export interface DeclaredFunction {
  /** `nextUrl(at, options)` */
  call: string;
  what: string;
  /** those of its objects, by the parameter's name where it has several */
  options: Option[];
}

interface File {
  text: string;
  comments: Comment[];
}

const root = resolve(import.meta.dirname, '../..');
const folders = ['define', 'sources', 'tasks', 'model', 'validate', 'columns'];

/** reads the declarations of what a project imports; no compiler is needed for interfaces as plain as ours */
export function declarations() {
  const types = new Map<string, { file: File; members: () => Option[] }>();
  const functions = new Map<string, DeclaredFunction>();
  const later: (() => void)[] = [];
  for (const path of folders.flatMap((folder) => filesIn(folder))) {
    const text = readFileSync(path, 'utf8');
    const { program, comments } = parseSync(path, text);
    const file = { text, comments };
    for (const statement of program.body) {
      const isExported = statement.type === 'ExportNamedDeclaration';
      const node = isExported ? statement.declaration : statement;
      if (node?.type === 'TSInterfaceDeclaration') {
        const { extends: parents, body } = node;
        const members = () => [
          ...membersOf(body.body, file),
          ...parents.flatMap(({ expression }) => named(text.slice(expression.start, expression.end))),
        ];
        types.set(node.id.name, { file, members });
      } else if (node?.type === 'TSTypeAliasDeclaration') {
        const { typeAnnotation } = node;
        types.set(node.id.name, { file, members: () => optionsOf(typeAnnotation, file) });
      } else if (isExported && node?.type === 'FunctionDeclaration' && node.id) {
        const { name } = node.id;
        later.push(() => functions.set(name, declared(name, node.params, file, statement)));
      } else if (isExported && node?.type === 'VariableDeclaration') {
        for (const { id, init } of node.declarations) {
          if (id.type !== 'Identifier' || init?.type !== 'ArrowFunctionExpression') continue;
          later.push(() => functions.set(id.name, declared(id.name, init.params, file, statement)));
        }
      }
    }
  }
  for (const one of later) one();
  return { functions, named };

  function named(name: string): Option[] {
    return types.get(name)?.members() ?? [];
  }

  function declared(name: string, params: ParamPattern[], file: File, statement: Span): DeclaredFunction {
    const read = params.map((param) => {
      const pattern = param.type === 'AssignmentPattern' ? param.left : param;
      const type = 'typeAnnotation' in pattern ? pattern.typeAnnotation?.typeAnnotation : undefined;
      const own = pattern.type === 'Identifier' ? pattern.name : 'options';
      return { own, options: type ? optionsOf(type, file) : [] };
    });
    return {
      call: `${name}(${read.map(({ own, options }) => (options.length > 0 ? '{ ... }' : own)).join(', ')})`,
      what: commentOf(statement, file),
      options: read.flatMap(({ options }) => options),
    };
  }

  /** of an object type; none for a text, a number and the like */
  function optionsOf(type: TSType, file: File): Option[] {
    switch (type.type) {
      case 'TSTypeLiteral':
        return membersOf(type.members, file);
      case 'TSParenthesizedType':
        return optionsOf(type.typeAnnotation, file);
      case 'TSIntersectionType':
      case 'TSUnionType': {
        const branches = type.types.map((one) => optionsOf(one, file));
        const all = new Map<string, Option>();
        for (const option of branches.flat()) if (!all.get(option.name)?.what) all.set(option.name, option);
        const isInEach = ({ name }: Option) =>
          type.type === 'TSIntersectionType' || branches.every((branch) => branch.some((one) => one.name === name));
        return [...all.values()].map((one) => ({ ...one, isRequired: one.isRequired && isInEach(one) }));
      }
      case 'TSTypeReference': {
        const name = file.text.slice(type.typeName.start, type.typeName.end);
        const [of, keys] = type.typeArguments?.params ?? [];
        const listed = keys
          ? Array.from(file.text.slice(keys.start, keys.end).matchAll(/'(\w+)'/g), ([, key]) => key)
          : [];
        if (!of) return isOptions(name) ? named(name) : [];
        const inner = optionsOf(of, file).length > 0 ? optionsOf(of, file) : named(file.text.slice(of.start, of.end));
        if (name === 'Omit') return inner.filter((option) => !listed.includes(option.name));
        if (name === 'Optional') {
          return inner.map((one) => (listed.includes(one.name) ? { ...one, isRequired: false } : one));
        }
        return [];
      }
      default:
        return [];
    }
  }

  function membersOf(members: TSSignature[], file: File): Option[] {
    return members.flatMap((member) => {
      if (member.type !== 'TSPropertySignature') return [];
      const name = file.text.slice(member.key.start, member.key.end);
      const type = member.typeAnnotation?.typeAnnotation;
      if (!type || type.type === 'TSNeverKeyword' || name === 'kind') return [];
      const inner = isCommented(type, file) ? optionsOf(type, file) : [];
      const nested = inner.map((one) => ({ ...one, name: `${name}.${one.name}` }));
      const text = nested.length > 0 ? '{ ... }' : file.text.slice(type.start, type.end).replace(/\s+/g, ' ');
      return [{ name, type: text, isRequired: !member.optional, what: commentOf(member, file) }, ...nested];
    });
  }
}

/** types that are shown by their name, since a function makes them or a section of their own has their options */
const isOptions = (name: string) => /(Options|Source|Bounds|RowsOfList|ShownQuestion)$/.test(name);

function isCommented({ start, end }: Span, { comments }: File): boolean {
  return comments.some((comment) => comment.start > start && comment.end < end);
}

/** the comment right above a node, as one line */
function commentOf({ start }: Span, { text, comments }: File): string {
  const above = comments.findLast((comment) => comment.end <= start && text.slice(comment.end, start).trim() === '');
  if (above?.type !== 'Block' || !above.value.startsWith('*')) return '';
  return above.value
    .replace(/^\*|\n\s*\*/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function filesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(root, folder, name));
}

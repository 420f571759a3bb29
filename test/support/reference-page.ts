import { declarations, type DeclaredFunction, type Option } from './read-options.js';

/** functions of a definition first, then what a source is made of, as a reader meets them; others follow by name */
const order = [
  'defineProject',
  'definePipeline',
  'defineEntity',
  'entitiesFromYaml',
  'http',
  'httpJson',
  's3Objects',
  'custom',
  'secret',
  'bearer',
  'basic',
  'apiKey',
  'oauth2ClientCredentials',
  'oauth2RefreshToken',
  'nextLink',
  'nextUrl',
  'cursor',
  'offset',
  'pageNumber',
];

/** types whose options stand below the function that takes them */
const parts: Record<string, [title: string, type: string][]> = {
  defineProject: [
    ['One of `show`', 'ShownQuestion'],
    ['One of `builds`', 'BuildOptions'],
  ],
  defineEntity: [
    ['`rows`, where they are a list of the record', 'RowsOfList'],
    ['`.meta({ ... })` of a field of the schema', 'ColumnMeta'],
  ],
  http: [
    ['`failure`', 'HttpFailure'],
    ["`records: { form: 'csv', ... }`, of `s3Objects` too", 'CsvForm'],
  ],
  s3Objects: [['`columns`', 'ObjectColumns']],
};

/** docs/reference.md: every option of everything that a project imports */
export function referencePage(exported: string[]): string {
  const { functions, named } = declarations();
  exported = exported.filter((name) => !isClass(name));
  const names = [
    ...order.filter((name) => exported.includes(name)),
    ...exported.filter((name) => !order.includes(name)).sort((a, b) => (a < b ? -1 : 1)),
  ];
  const sections = names.map((name) => {
    const found = functions.get(name);
    if (!found) throw new Error(`${name} is exported by index.ts, and no function of that name is declared`);
    const inner = (parts[name] ?? []).map(([title, type]) => `### ${title}\n\n${table(named(type))}`);
    return [section(name, found), ...inner].join('\n\n');
  });
  return `# Reference

Everything that a project imports from \`waterclock\`, with every option. This page is made from the types and their comments
(\`npm run docs:reference\`): an editor shows the same. [sources.md](sources.md), [schema.md](schema.md) and
[project.md](project.md) explain what belongs together; [recipes.md](recipes.md) has whole definitions.

Lengths of time are written like \`'5 minutes'\`, \`'1 hour'\` and \`'2 days'\`.

${sections.join('\n\n')}
`;
}

/** every option that has no comment, as `http: hosts` */
export function withoutComment(exported: string[]): string[] {
  const { functions, named } = declarations();
  return exported
    .filter((name) => !isClass(name))
    .flatMap((name) => {
      const inner = (parts[name] ?? []).flatMap(([, type]) => named(type));
      const lacking = [...(functions.get(name)?.options ?? []), ...inner].filter(({ what }) => what === '');
      return [
        ...(functions.get(name)?.what === '' ? [name] : []),
        ...lacking.map((option) => `${name}: ${option.name}`),
      ];
    });
}

function section(name: string, { call, what, options }: DeclaredFunction): string {
  return [`## ${name}`, `\`${call}\``, sentence(what), ...(options.length > 0 ? [table(options)] : [])].join('\n\n');
}

function table(options: Option[]): string {
  const rows = options.map(
    ({ name, type, isRequired, what }) =>
      `| \`${name}\`${isRequired && !name.includes('.') ? ' (required)' : ''} | \`${cell(type)}\` | ${cell(what)} |`,
  );
  return ['| option | type | what |', '| --- | --- | --- |', ...rows].join('\n');
}

/** errors that code of a project throws: docs/sources.md has them */
const isClass = (name: string) => /^[A-Z]/.test(name);

const cell = (text: string) => text.replaceAll('|', '\\|');

const sentence = (text: string) => (text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`);

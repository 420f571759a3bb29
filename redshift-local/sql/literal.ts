/** a name as SQL has it, inside of a string literal */
export const literal = (name: string) => `'${name.replaceAll("'", "''")}'`;

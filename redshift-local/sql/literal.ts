/** a name as it stands in SQL, inside of a string literal */
export const literal = (name: string) => `'${name.replaceAll("'", "''")}'`;

import { Refusal } from './refusal.js';
import { isSign, isWord, type Token } from './tokens.js';

/** reads the words of one statement from left to right */
export interface Reader {
  peek(): Token | undefined;
  done(): boolean;
  /** the next word when it is one of these */
  word(...words: string[]): string | undefined;
  sign(text: string): boolean;
  /** the value of a quoted string, after an optional AS */
  string(what: string): string;
  isString(): boolean;
  integer(what: string): number;
  take(): Token | undefined;
  position(): number;
  moveTo(position: number): void;
  fail(reason: string): Refusal;
}

export function reader(rule: string, tokens: Token[], start: number): Reader {
  let at = start;
  const fail = (reason: string) => new Refusal(rule, reason);
  const self: Reader = {
    peek: () => tokens[at],
    done: () => at >= tokens.length,
    word(...words) {
      if (!isWord(tokens[at], ...words)) return undefined;
      return tokens[at++]?.text;
    },
    sign(text) {
      const found = isSign(tokens[at], text);
      if (found) at++;
      return found;
    },
    isString: () => tokens[at]?.kind === 'string' || (isWord(tokens[at], 'as') && tokens[at + 1]?.kind === 'string'),
    string(what) {
      if (isWord(tokens[at], 'as')) at++;
      const token = tokens[at++];
      if (token?.kind !== 'string') throw fail(`${what} takes a quoted value, got ${token?.text ?? 'the end'}`);
      return unescaped(token);
    },
    integer(what) {
      if (isWord(tokens[at], 'as')) at++;
      const token = tokens[at++];
      if (token?.kind !== 'number' || !/^\d+$/.test(token.text))
        throw fail(`${what} takes a whole number, got ${token?.text ?? 'the end'}`);
      return Number(token.text);
    },
    take: () => tokens[at++],
    position: () => at,
    moveTo(position) {
      at = position;
    },
    fail,
  };
  return self;
}

const escapes: Record<string, string> = { t: '\t', n: '\n', r: '\r', '0': '\0', '\\': '\\', "'": "'" };

/** as the options of COPY and UNLOAD read a string: '\t' is a tab, '\001' the first character */
export function unescaped(token: Token): string {
  return token.text
    .slice(1, -1)
    .replaceAll("''", "'")
    .replace(/\\([0-7]{3}|[\s\S])/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? `\\${code}`),
    );
}

const roleArn = /^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

const keyWords = ['access_key_id', 'secret_access_key', 'session_token'];

/** IAM_ROLE, CREDENTIALS or the words of an access key; answers which, or undefined when the option is another */
export function authorization(read: Reader, given: string): 'role' | 'key' | undefined {
  // the form of old: WITH CREDENTIALS
  const word = given === 'with' ? (read.word('credentials') ?? '') : given;
  if (word === 'iam_role') {
    if (read.word('default')) return 'role';
    const roles = read.string('IAM_ROLE');
    // a chain of roles has a comma, and no space
    if (!splitRoles(roles).every((role) => roleArn.test(role)))
      throw read.fail(`IAM_ROLE takes default, the ARN of a role, or a chain of them between commas, got '${roles}'`);
    return 'role';
  }
  if (word === 'credentials') {
    const value = read.string('CREDENTIALS');
    if (/^aws_access_key_id=[^;]+;aws_secret_access_key=[^;]+(;token=[^;]+)?$/.test(value)) return 'key';
    const role = /^aws_iam_role=(.*)$/.exec(value)?.[1];
    if (role !== undefined && splitRoles(role).every((item) => roleArn.test(item))) return 'role';
    throw read.fail("CREDENTIALS takes 'aws_iam_role=<arn>' or 'aws_access_key_id=<id>;aws_secret_access_key=<key>'");
  }
  if (!keyWords.includes(word)) return undefined;
  read.string(word.toUpperCase());
  for (let next = read.word(...keyWords); next; next = read.word(...keyWords)) read.string(next.toUpperCase());
  return 'key';
}

const splitRoles = (roles: string) => roles.split(/,(?=arn:)/);

export function regionName(read: Reader): string {
  const region = read.string('REGION');
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) throw read.fail(`REGION '${region}' is no AWS region`);
  return region;
}

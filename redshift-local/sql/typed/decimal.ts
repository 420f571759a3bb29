/** a whole number or a decimal, as Redshift counts its digits */
export interface Digits {
  precision: number;
  scale: number;
  /** SMALLINT, INTEGER or BIGINT */
  isWhole: boolean;
}

const most = 38;
const leastScale = 4;
const whole = (precision: number): Digits => ({ precision, scale: 0, isWhole: true });
/** what whole numbers count as beside a decimal */
const smallint = whole(5);
export const integer = whole(10);
export const bigint = whole(19);

const decimal = (precision: number, scale: number): Digits => ({
  precision: Math.min(precision, most),
  scale: Math.min(scale, most),
  isWhole: false,
});

export const sumOf = (value: Digits): Digits => {
  if (!value.isWhole) return decimal(most, value.scale);
  return value.precision < bigint.precision ? bigint : decimal(most, 0);
};
export const averageOf = (value: Digits): Digits => (value.isWhole ? bigint : decimal(most, value.scale));

/** the table of AWS's page "Computations with numeric values" */
const computed: Record<string, (a: Digits, b: Digits) => Digits> = {
  '+': added,
  '-': added,
  '*': (a, b) => decimal(a.precision + b.precision + 1, a.scale + b.scale),
  '/': (a, b) => {
    const scale = Math.max(leastScale, a.scale + b.precision - b.scale + 1);
    const precision = a.precision - a.scale + b.scale + scale;
    return precision > most ? decimal(most, Math.max(most + scale - precision, leastScale)) : decimal(precision, scale);
  },
};

function added(a: Digits, b: Digits): Digits {
  const scale = Math.max(a.scale, b.scale);
  return decimal(Math.max(a.precision - a.scale, b.precision - b.scale) + 1 + scale, scale);
}

export function compute(sign: string, a: Digits, b: Digits): Digits | undefined {
  if (a.isWhole && b.isWhole) return a.precision > b.precision ? a : b;
  return computed[sign]?.(a, b);
}

/** of COALESCE, CASE and set operations */
export function common(all: (Digits | undefined)[]): Digits | undefined {
  const [first, ...rest] = all;
  return rest.reduce<Digits | undefined>((a, b) => {
    if (!a || !b) return undefined;
    if (a.isWhole && b.isWhole) return a.precision > b.precision ? a : b;
    const scale = Math.max(a.scale, b.scale);
    return decimal(Math.max(a.precision - a.scale, b.precision - b.scale) + scale, scale);
  }, first);
}

/** of a type as PostgreSQL writes it */
export function digitsOfType(type: string): Digits | undefined {
  const named: Record<string, Digits> = { smallint, integer, bigint, int2: smallint, int4: integer, int8: bigint };
  const [, precision, scale = '0'] = /^numeric\((\d+),\s*(\d+)\)$/.exec(type) ?? [];
  return precision === undefined ? named[type] : decimal(Number(precision), Number(scale));
}

/** of a literal: the digits that it is written with */
export function digitsOfLiteral(written: string): Digits | undefined {
  const [, before = '', after] = /^-?(\d*)(?:\.(\d*))?$/.exec(written) ?? [];
  if (before === '' && after === undefined) return undefined;
  if (after === undefined && before.length <= bigint.precision) return before.length < 10 ? integer : bigint;
  const scale = (after ?? '').length;
  return decimal(Math.max(before.replace(/^0+/, '').length + scale, 1), scale);
}

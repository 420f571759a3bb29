const gb = 1024;
const range = (from: number, to: number, step: number) =>
  Array.from({ length: (to - from) / step + 1 }, (_, at) => from + at * step);

/** MiB of memory that Fargate has for so much CPU */
const sizes: Record<string, number[]> = {
  256: [512, gb, 2 * gb],
  512: range(gb, 4 * gb, gb),
  1024: range(2 * gb, 8 * gb, gb),
  2048: range(4 * gb, 16 * gb, gb),
  4096: range(8 * gb, 30 * gb, gb),
  8192: range(16 * gb, 60 * gb, 4 * gb),
  16384: range(32 * gb, 120 * gb, 8 * gb),
};

export const isFargateSize = (cpu: string, memory: string): boolean => sizes[cpu]?.includes(Number(memory)) ?? false;

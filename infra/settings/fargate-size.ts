import { z } from 'zod';

/** what Fargate offers: CPU units, and the memory that goes with them in MiB */
const offered: Record<number, { least: number; most: number; step: number }> = {
  256: { least: 512, most: 2048, step: 512 },
  512: { least: 1024, most: 4096, step: 1024 },
  1024: { least: 2048, most: 8192, step: 1024 },
  2048: { least: 4096, most: 16_384, step: 1024 },
  4096: { least: 8192, most: 30_720, step: 1024 },
};

/** of one task */
export const fargateSize = z
  .strictObject({
    cpu: z.int(),
    memory: z.int(),
  })
  .refine(
    ({ cpu, memory }) => {
      const found = offered[cpu];
      const fits = found && memory >= found.least && memory <= found.most;
      return cpu === 256 ? [512, 1024, 2048].includes(memory) : fits && memory % found.step === 0;
    },
    { error: ({ input }) => `fargate has no task of ${JSON.stringify(input)}: see its table of CPU and memory` },
  );

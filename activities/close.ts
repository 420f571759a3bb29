import { closeRun } from '../warehouse/ledger.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import type { Activities } from './types.js';

export function close({ warehouse }: Dependencies): Activities['close'] {
  return ({ extracted, ...closing }) =>
    alive(({ sign, signal }) =>
      closeRun(warehouse({ progress: () => sign(), signal }), {
        ...closing,
        ...(extracted && {
          extracted: {
            manifest: `s3://${extracted.manifest.bucket}/${extracted.manifest.key}`,
            files: extracted.files,
            bytes: extracted.bytes,
          },
        }),
      }),
    );
}

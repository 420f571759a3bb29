import type { CustomLogger } from '../../model/custom-code.js';
import { mapTexts } from '../../model/map-texts.js';

/** what the code logs, without the values of secrets, wherever the log goes */
export function hidingLogger(logger: CustomLogger, redact: (text: string) => string): CustomLogger {
  const hiding =
    (level: keyof CustomLogger): CustomLogger['info'] =>
    (message, details) =>
      logger[level](redact(message), details && (mapTexts(details, redact) as Record<string, unknown>));
  return { info: hiding('info'), warn: hiding('warn'), error: hiding('error') };
}

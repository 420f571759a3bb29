import { z } from 'zod';
import type { Objects } from './objects.js';

const shape = z.object({
  entries: z
    .array(
      z.object({
        url: z.string().regex(/^s3:\/\/[^/]+\/.+/),
        mandatory: z.boolean().default(false),
        meta: z.object({ content_length: z.number().int().positive() }),
      }),
    )
    .min(1),
});

export interface ManifestFile {
  url: string;
  size: number;
}

/** files of a COPY manifest; columnar formats need `meta.content_length`, and it must be true */
export async function readManifest(objects: Objects, url: string): Promise<ManifestFile[]> {
  const text = await objects.text(url).catch((error: unknown) => {
    throw new Error(`The specified S3 object could not be read: ${url}: ${messageOf(error)}`);
  });
  const parsed = shape.safeParse(json(text, url));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`Manifest file is not in correct json format: ${url}: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const files: ManifestFile[] = [];
  for (const { url: file, mandatory, meta } of parsed.data.entries) {
    const size = await objects.size(file).catch((error: unknown) => {
      if (!mandatory && /NotFound|NoSuchKey|404/.test(messageOf(error))) return undefined;
      throw new Error(
        `Mandatory url is not present in manifest file, or could not be read: ${file}: ${messageOf(error)}`,
      );
    });
    if (size === undefined) continue;
    if (size !== meta.content_length) {
      throw new Error(
        `File ${file} has an invalid size: meta.content_length says ${meta.content_length}, the object has ${size} bytes`,
      );
    }
    files.push({ url: file, size });
  }
  if (files.length === 0) throw new Error(`none of the files of the manifest exists: ${url}`);
  return files;
}

function json(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Manifest file is not in correct json format: ${url}: ${messageOf(error)}`, { cause: error });
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

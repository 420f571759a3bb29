import { z } from 'zod';
import type { CopyCommand } from '../sql/copy.js';
import type { Objects } from './objects.js';

export interface SourceFile {
  url: string;
  size: number;
}

/** the files that COPY loads: those of its manifest, or those whose key begins with its prefix */
export async function sourceFiles(objects: Objects, { source, manifest, format }: CopyCommand): Promise<SourceFile[]> {
  if (manifest) return manifestFiles(objects, source, format === 'parquet');
  const found = await objects.list(source).catch((error: unknown) => {
    throw new Error(`S3ServiceException: ${messageOf(error)}: ${source}`);
  });
  const [, bucket, prefix] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(source) ?? [];
  if (found.length === 0) throw new Error(`The specified S3 prefix '${prefix}' does not exist: bucket ${bucket}`);
  // empty objects (markers of folders, _SUCCESS) hold no rows; COPY reads all others, also those that Spectrum passes over
  return found.filter(({ size }) => size > 0);
}

const entry = z.object({
  url: z.string().regex(/^s3:\/\/[^/]+\/.+/, 'is no s3:// address of an object'),
  mandatory: z.boolean().default(false),
  meta: z.object({ content_length: z.number().int().positive().optional() }).optional(),
});
const shape = z.object({ entries: z.array(entry).min(1) });

async function manifestFiles(objects: Objects, source: string, isColumnar: boolean): Promise<SourceFile[]> {
  const text = await objects.text(source).catch((error: unknown) => {
    throw new Error(
      `Problem reading manifest file - S3ServiceException: ${messageOf(error)}: ${source}: MANIFEST needs the full path of an object (code 8001)`,
    );
  });
  const parsed = shape.safeParse(json(text, source));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(
      `Problem reading manifest file: ${source} is not in correct json format: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  const files: SourceFile[] = [];
  for (const { url, mandatory, meta } of parsed.data.entries) {
    const length = meta?.content_length;
    if (isColumnar && length === undefined) {
      throw new Error(
        `COPY with MANIFEST parameter requires meta.content_length for columnar formats: ${url} has none`,
      );
    }
    const found = await objects.find(url).catch((error: unknown) => {
      throw new Error(`S3ServiceException: ${messageOf(error)}: ${url}`);
    });
    if (!found) {
      if (!mandatory) continue;
      throw new Error(`Problem reading mandatory file of the manifest: ${url}: The specified key does not exist.`);
    }
    if (length !== undefined && found.size !== length) {
      throw new Error(
        `File ${url} has an invalid size: meta.content_length says ${length}, the object has ${found.size} bytes`,
      );
    }
    files.push({ url, size: found.size });
  }
  if (files.length === 0) throw new Error(`none of the files of the manifest exists: ${source}`);
  return files;
}

function json(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Problem reading manifest file: ${source} is not in correct json format: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

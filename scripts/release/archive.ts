/** Archives whose bytes depend on their files alone: no times, no users, one order. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

export interface ArchiveFile {
  /** Path in the archive, with slashes. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether it is a program. */
  readonly executable: boolean;
}

/** The files of a folder and its folders. */
export async function readFolder(folder: string, prefix = ""): Promise<ArchiveFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const read = entries
    .filter((entry) => entry.isFile())
    .map(async (entry): Promise<ArchiveFile> => {
      const path = join(entry.parentPath, entry.name);
      const name = prefix + path.slice(join(folder, "/").length).replaceAll("\\", "/");
      return { name, bytes: await readFile(path), executable: ((await stat(path)).mode & 0o100) !== 0 };
    });
  return Promise.all(read);
}

const blockSize = 512;

/** A `.tar.gz` in the format ustar, which every tar reads. */
export function tarGz(files: readonly ArchiveFile[]): Buffer {
  const ordered = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  const blocks = ordered.flatMap(({ bytes, ...file }) => [
    header({ ...file, size: bytes.length }),
    bytes,
    Buffer.alloc(-bytes.length & (blockSize - 1)),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]), { level: 9 });
}

function header({ name, size, executable }: Omit<ArchiveFile, "bytes"> & { size: number }): Buffer {
  const block = Buffer.alloc(blockSize);
  const number = (value: number, offset: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, "0"), offset);
  if (Buffer.byteLength(name) > 100) throw new Error(`The path ${name} is too long for an archive.`);
  block.write(name, 0);
  number(executable ? 0o755 : 0o644, 100, 8);
  number(0, 108, 8);
  number(0, 116, 8);
  number(size, 124, 12);
  number(0, 136, 12);
  // The sum is over the header with blanks in place of the sum.
  block.write(" ".repeat(8), 148);
  block.write("0", 156);
  block.write("ustar\x0000", 257);
  number(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  );
  return block;
}

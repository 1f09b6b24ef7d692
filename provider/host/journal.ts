/**
 * A file to which several processes of this machine append, and which each of them reads. The operating system appends in
 * one order, so all processes read the same entries in the same order.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";

export class Journal<Entry> {
  private readonly file: number;
  /** How far it was read. */
  private offset = 0;

  /** Creates the file and its folder if they do not exist. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.file = openSync(path, "a+", 0o600);
  }

  append(entry: Entry): void {
    // A process that is killed may leave half of a line, so each entry begins a line.
    const text = Buffer.from(`\n${JSON.stringify(entry)}\n`);
    if (writeSync(this.file, text) < text.length) throw new Error("no space left on device");
  }

  /** The entries that were appended since the last call. */
  read(): Entry[] {
    const text = Buffer.alloc(fstatSync(this.file).size - this.offset);
    if (text.length === 0) return [];
    const length = readSync(this.file, text, 0, text.length, this.offset);
    // The rest of a line may be on its way.
    const end = text.subarray(0, length).lastIndexOf("\n") + 1;
    this.offset += end;
    return text
      .toString("utf8", 0, end)
      .split("\n")
      .flatMap(parse<Entry>);
  }

  close(): void {
    closeSync(this.file);
  }
}

function parse<Entry>(line: string): Entry[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as Entry];
  } catch {
    return [];
  }
}

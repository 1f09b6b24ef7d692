/** Names of children: readable, safe in URNs, URLs and file names, and as different as what they stand for. */
import { createHash } from "node:crypto";

/** Longest part of a text that a name repeats; a hash stands for the rest. */
const longest = 60;

/** The text itself where it is short and safe, else what is readable of it and a hash of the whole. */
export function slug(text: string): string {
  const readable = text
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, longest)
    .replace(/^-+|-+$/g, "");
  if (readable === text && text !== "") return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 10);
  return readable === "" ? hash : `${readable}-${hash}`;
}

/** What a preview means for the jobs in it, as a command. */
import { constants } from "node:buffer";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";

import { NotAPreviewError, readPreview, reviewOf, toJson, toMarkdown, toText } from "../review/index";
import type { Review } from "../review/index";

const help = `Says which Data Exchange jobs will run, why, and what to look out for.

Usage: pulumi preview --json --show-sames --show-replacement-steps > preview.json
       pulumi-dataexchange review [options] [FILE]

  FILE               What \`pulumi preview --json\` wrote; standard input without it, or as "-". With --show-sames
                     the jobs that stay are counted, too. With --show-replacement-steps the review knows the
                     assets of jobs that wait in state for their deletion.
  --format F         markdown, the default, for a comment; text for a log; json for a program.
  --limit N          With markdown: at most N characters, cut between two jobs.
  --fail-on rerun    Exit code 3 if a job runs again or may run again. The review is printed all the same.
  --help             This text.

Exit code 2: the input is no preview, or no whole one.
`;

const formats = { markdown: toMarkdown, text: toText, json: toJson };

export async function review(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      format: { type: "string", default: "markdown" },
      limit: { type: "string" },
      "fail-on": { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const { format, limit, "fail-on": failOn } = values;
  if (!Object.hasOwn(formats, format)) {
    throw new TypeError(`--format takes ${Object.keys(formats).join(", ")}, not "${format}".`);
  }
  if (failOn !== undefined && failOn !== "rerun") {
    throw new TypeError(`--fail-on takes rerun, not "${failOn}".`);
  }
  if (limit !== undefined && !/^[1-9]\d{2,}$/.test(limit)) {
    throw new TypeError(`--limit takes a number of characters from 100 on, not "${limit}".`);
  }
  if (positionals.length > 1) {
    throw new TypeError(
      `One file holds one preview; these are ${positionals.length}: ${positionals.join(", ")}.`,
    );
  }
  try {
    const reviewed = reviewOf(readPreview(await input(positionals[0])));
    const print = formats[format as keyof typeof formats];
    process.stdout.write(print(reviewed, limit === undefined ? undefined : Number(limit)));
    if (failOn === "rerun" && runsAgain(reviewed)) process.exitCode = 3;
  } catch (error) {
    const isTooDeep = error instanceof RangeError;
    if (!isTooDeep && !(error instanceof NotAPreviewError)) throw error;
    process.stderr.write(`${isTooDeep ? "The input is nested too deeply for a preview." : error.message}\n`);
    process.exitCode = 2;
  }
}

const runsAgain = ({ running }: Review): boolean =>
  running.some(({ action }) => action === "rerun" || action === "mayRerun");

async function input(file = "-"): Promise<string> {
  if (file !== "-") {
    return decode(
      await readFile(file).catch((error: NodeJS.ErrnoException) => {
        throw new NotAPreviewError(
          `${file} cannot be read: ${error.code === "ENOENT" ? "there is no such file" : error.message}.`,
        );
      }),
    );
  }
  if (process.stdin.isTTY) {
    throw new NotAPreviewError("There is no preview to read: name its file, or pipe it in.");
  }
  return decode(await buffer(process.stdin));
}

/** Windows PowerShell writes what it redirects as UTF-16, and marks any encoding. */
function decode(bytes: Buffer): string {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    throw new NotAPreviewError(`The input is larger than ${constants.MAX_STRING_LENGTH} bytes.`);
  }
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

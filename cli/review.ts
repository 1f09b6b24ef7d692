/** `pulumi-dataexchange review`: prints which jobs a preview will run, why, and with which warnings. */
import { constants } from "node:buffer";
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";

import { toUnreadableFile, withCode } from "../lib/message-code";
import { NotAPreviewError, parsePreview } from "../review/parse-preview";
import { toJson, toMarkdown, toText } from "../review/render";
import { reviewOf } from "../review/review";
import type { Command } from "./options";
import { UsageError, helpOf, optionOf, parseArguments } from "./options";

const formats = { markdown: toMarkdown, text: toText, json: toJson };

export const reviewCommand: Command = {
  name: "review",
  summary: "Shows which Data Exchange jobs a preview will run, why, and with which warnings.",
  usage: `pulumi preview --json --show-sames --show-replacement-steps > preview.json
       pulumi-dataexchange review [options] [FILE]`,
  takesFile: true,
  options: [
    optionOf("format F", "markdown, text or json.", "markdown"),
    optionOf("limit N", "Maximum number of characters of Markdown, at least 100. It is cut between jobs."),
    optionOf("fail-on rerun", "Exits with code 3 if a job runs again or may run again, after printing."),
  ],
  notes: `FILE is the output of \`pulumi preview --json\`. Default: standard input, as with "-".
Without --show-sames the review does not know the unchanged jobs; without --show-replacement-steps it does not know
the assets of replaced jobs that are still to be deleted.

Exit codes: 1 for a wrong option; 2 if the input is not one complete preview; 3 because of --fail-on.`,
};

export async function runReview(args: readonly string[]): Promise<void> {
  const { has, text, file } = parseArguments(reviewCommand, args);
  if (has("help")) {
    process.stdout.write(helpOf(reviewCommand));
    return;
  }
  const {
    format = "markdown",
    failOn,
    limit,
  } = {
    format: text("format"),
    failOn: text("fail-on"),
    limit: text("limit"),
  };
  if (!Object.hasOwn(formats, format))
    throw invalid(`--format must be ${Object.keys(formats).join(", ")}, not "${format}".`);
  if (failOn !== undefined && failOn !== "rerun") throw invalid(`--fail-on must be rerun, not "${failOn}".`);
  if (limit !== undefined && !/^[1-9]\d{2,}$/.test(limit))
    throw invalid(`--limit must be a whole number of at least 100, not "${limit}".`);
  try {
    const review = reviewOf(parsePreview(await readPreviewText(file)));
    const render = formats[format as keyof typeof formats];
    process.stdout.write(render(review, limit === undefined ? undefined : Number(limit)));
    const isRerun = review.running.some(({ action }) => action === "rerun" || action === "possibleRerun");
    if (failOn === "rerun" && isRerun) process.exitCode = 3;
  } catch (error) {
    const { code, message } = asNotAPreview(error);
    process.stderr.write(`${withCode(message, code)}\n`);
    process.exitCode = 2;
  }
}

const invalid = (message: string) => new UsageError("invalid-value", message);

/** Rethrows other errors. */
function asNotAPreview(error: unknown): NotAPreviewError {
  if (error instanceof NotAPreviewError) return error;
  // Deeply nested values exhaust the stack.
  if (error instanceof RangeError)
    return new NotAPreviewError("too-deeply-nested", "The input is nested too deeply for a preview.");
  throw error;
}

async function readPreviewText(file = "-"): Promise<string> {
  if (file === "-") {
    if (process.stdin.isTTY)
      throw new NotAPreviewError("empty-input", "The input is empty: name a file, or pipe a preview in.");
    return decode(await buffer(process.stdin));
  }
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    const { code, text } = toUnreadableFile(file, error);
    throw new NotAPreviewError(code, text);
  });
  return decode(bytes);
}

/** Windows PowerShell redirects as UTF-16 and writes a byte order mark. */
function decode(bytes: Buffer): string {
  if (bytes.length > constants.MAX_STRING_LENGTH)
    throw new NotAPreviewError(
      "input-too-large",
      `The input is larger than ${constants.MAX_STRING_LENGTH} bytes.`,
    );
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}

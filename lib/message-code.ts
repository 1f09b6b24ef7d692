/**
 * Stable codes of messages. The words of a message may change; its code does not, so people can search for it, and
 * programs and tests can rely on it. A code is kebab-case English that names the reason, such as `too-many-items`.
 */
export interface Message {
  /** Stable kebab-case code, such as `too-many-items`. */
  readonly code: string;
  /** Whole sentences, without the code. */
  readonly text: string;
}

/** The message as text that leaves the process. Pulumi's engine shows text only, so the code ends the sentence. */
export const withCode = (text: string, code: string): string => `${text} [${code}]`;

/** The codes in a text, in order. */
export const codesIn = (text: string): string[] =>
  [...text.matchAll(/\[([a-z][a-z0-9]*(?:-[a-z0-9]+)+)\]/g)].map(([, code]) => code!);

/** The text of any error as the end of a sentence: without its code and full stop. */
export const reasonOf = (error: unknown): string =>
  (error instanceof CodedError ? error.text : (error as Error).message).replace(/\.$/, "");

/** The message about a file that cannot be read. */
export const toUnreadableFile = (file: string, { code, message }: NodeJS.ErrnoException) => ({
  code: "unreadable-file" as const,
  text: `${file} cannot be read: ${code === "ENOENT" ? "the file does not exist" : message}.`,
});

/** An error with a message for people. Its `message` ends with the code; `text` does not. */
export class CodedError extends Error implements Message {
  /** Stable kebab-case code, such as `too-many-items`. */
  readonly code: string;
  /** Whole sentences, without the code. */
  readonly text: string;

  constructor({ code, text }: Message, options?: ErrorOptions) {
    super(withCode(text, code), options);
    this.name = new.target.name;
    this.code = code;
    this.text = text;
  }
}

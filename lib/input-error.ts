import { CodedError } from "./message-code";

/** Invalid arguments. The message names the argument and the remedy. */
export class InputError extends CodedError {
  /** @param derived Parts of the text that are computed from arguments, so that they do not show if an argument is secret. */
  constructor(
    code: string,
    text: string,
    readonly derived: readonly string[] = [],
  ) {
    super({ code, text });
  }
}

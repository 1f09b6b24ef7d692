/**
 * Stable codes of messages. The words of a message may change; its code does not, so people can search for it and
 * programs and tests can rely on it. A code is kebab-case English that says the reason: `too-many-items`.
 */

/** The message as text that leaves the process: Pulumi's engine shows text only, so the code ends the sentence. */
export const withCode = (message: string, code: string): string => `${message} [${code}]`;

/** The codes in a text, in order. */
export const codesIn = (text: string): string[] =>
  [...text.matchAll(/\[([a-z][a-z0-9]*(?:-[a-z0-9]+)+)\]/g)].map(([, code]) => code!);

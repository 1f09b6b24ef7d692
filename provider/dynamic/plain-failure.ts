/**
 * Pulumi's host prints what `read`, `delete`, `check` and `diff` throw, with its stack, and the engine shows the message
 * once more. A failure of the service is a sentence, and a stack says nothing to who reads it; so the sentence is left
 * to the engine, and what the host prints points to it.
 */
class PlainFailure extends Error {
  constructor(
    private readonly what: string,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
    this.stack = "the resource's own error says why";
  }

  override toString(): string {
    return `${this.what} failed`;
  }
}

/** Runs what fails with a sentence; `command` takes the place of the command that the sentence tells to run again. */
export async function failingPlainly<T>(what: string, command: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const message = (error as Error).message.replaceAll("`pulumi up`", command);
    throw new PlainFailure(what, message, error);
  }
}

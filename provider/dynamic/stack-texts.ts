/** Puts a stack into words; V8 calls it when the text is first read. */
type Prepare = typeof Error.prepareStackTrace;

const errors: { prepareStackTrace?: Prepare; stackTraceLimit: number } = Error;

/**
 * The SDK writes down for each of its promises where it was made, in case that it never ends. A resource has fifty of
 * them, and to put their stacks into words is a quarter of what a preview of new resources takes.
 *
 * Call this before the constructor of the SDK's class, and what it returns after it, whether or not that throws. Text
 * that is read between the two is empty. An error keeps its stack, which is put into words when the error is shown: it
 * names the program's line as ever.
 */
export function leaveOutStackTexts(): () => void {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS) return () => undefined;
  const before = errors.prepareStackTrace;
  errors.prepareStackTrace = (error, frames) =>
    // The SDK reads the whole stack once, for the line of the program that the engine is told.
    errors.stackTraceLimit === Infinity ? ((before ?? inWords)(error, frames) as unknown) : "";
  return () => {
    errors.prepareStackTrace = before;
  };
}

/** As V8 does it by itself. */
const inWords: Prepare = (error, frames) => [String(error), ...frames.map(String)].join("\n    at ");

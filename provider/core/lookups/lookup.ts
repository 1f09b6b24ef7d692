/**
 * A function that reads the service and changes nothing. Its result has no member that changes while nothing happens to what
 * it describes, because a changed result changes the resources that use it.
 */
import type { Message } from "../../../lib/message-code";
import { CodedError } from "../../../lib/message-code";
import type { StructShape } from "../../../service-model/shape";
import { formatPath, validate } from "../../../service-model/validate";
import { failureError, joinNames } from "../error-messages";
import type { DataExchange } from "../ports";

export interface Lookup<Args extends object, Result extends object> {
  /** Name of the function in programs. */
  readonly name: string;
  readonly args: StructShape;
  readonly run: (args: Args, context: LookupContext) => Promise<Result>;
}

export interface LookupContext {
  /** With retries. */
  readonly service: DataExchange;
  readonly warn: (message: Message) => void;
}

/** Checks the arguments before the service is called. @throws CodedError with a message for people. */
export async function lookUp<Args extends object, Result extends object>(
  { args: shape, run }: Lookup<Args, Result>,
  args: Args,
  context: LookupContext,
): Promise<Result> {
  const [problem] = validate(shape, args);
  if (problem) {
    throw new CodedError({ code: problem.code, text: `${formatPath(problem.path)} ${problem.message}.` });
  }
  return run(args, context);
}

/** The result of calls to the service. `subject` names the job, revision or data set in the message of a failure. */
export const described = <T>(subject: string, result: Promise<T>): Promise<T> =>
  result.catch((error: unknown) => {
    throw failureError(error, subject);
  });

/** The names that exist, each once, for the message of a lookup that finds no other. */
export const listNames = (named: readonly { readonly name: string }[]): string =>
  joinNames([...new Set(named.map(({ name }) => JSON.stringify(name)))].sort());

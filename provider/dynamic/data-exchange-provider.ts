/** Base of the providers of Job, JobSet and RevisionFinalization: Pulumi's dynamic protocol over the core. */
import type { dynamic } from "@pulumi/pulumi";

import { reasonOf, withCode } from "../../lib/message-code";
import { redact } from "../../lib/redact";
import type { Problem } from "../../service-model/validate";
import { UNKNOWN, formatPath, problem } from "../../service-model/validate";
import type { Props } from "./host";
import { isNew, ProviderHost } from "./host";
import { decodeProperties, encodeProperties } from "./property-values";

export abstract class DataExchangeProvider<Inputs, Outputs> implements dynamic.ResourceProvider<
  Props,
  Props
> {
  /** Name of the resource in messages. */
  protected abstract describe(id: string): string;
  protected abstract findProblems(inputs: Props): Problem[] | Promise<Problem[]>;
  protected abstract decodeOutputs(props: Props): Outputs;
  /** The resource as it is now. Undefined if it no longer exists. */
  protected abstract readResource(id: string, outputs: Outputs, props: Props): Promise<object | undefined>;
  protected abstract deleteResource(id: string, outputs: Outputs, props: Props): Promise<void>;

  abstract diff(id: string, olds: Props, news: Props): Promise<dynamic.DiffResult>;
  abstract create(inputs: Props): Promise<dynamic.CreateResult<Props>>;
  abstract update(id: string, olds: Props, news: Props): Promise<dynamic.UpdateResult<Props>>;

  constructor(protected readonly host = new ProviderHost()) {}

  configure({ config }: dynamic.ConfigureRequest): Promise<void> {
    this.host.configure((key) => config.get(key));
    return Promise.resolve();
  }

  async check(olds: Props, news: Props): Promise<dynamic.CheckResult<Props>> {
    const read = this.decode(news);
    const failures = (await this.findProblems(read)).map(toCheckFailure);
    const checked = await this.addDefaultRegion(read, { inputs: news, failures });
    this.host.recordInState(olds);
    if (isNew(olds)) this.host.preloadClient(checked.inputs);
    return checked;
  }

  read(id: string, props: Props = {}): Promise<dynamic.ReadResult<Props>> {
    return withPlainErrors(`Reading ${this.describe(id)}`, async () => {
      const found = await this.readResource(id, this.decodeOutputs(props), props);
      return found ? { id, props: encodeProperties(found) } : {};
    });
  }

  delete(id: string, props: Props): Promise<void> {
    return withPlainErrors(`Deleting ${this.describe(id)}`, () =>
      this.deleteResource(id, this.decodeOutputs(props), props),
    );
  }

  protected decode(props: Props): Props {
    return decodeProperties(props);
  }

  /** Inputs that `check` has accepted, without unknown values. */
  protected decodeInputs(props: Props): Inputs {
    return this.decode(props) as Inputs;
  }

  /** Makes the region an input, so that a change of the stack's default changes the resource. */
  private async addDefaultRegion(read: Props, { inputs, failures }: Checked): Promise<Checked> {
    const { sessions } = this.host;
    const wrongConfig = sessions.configProblem();
    if (wrongConfig !== undefined) {
      return { inputs, failures: [...failures, toFailure(wrongConfig.code, wrongConfig.text)] };
    }
    if ((read.region ?? undefined) !== undefined || failures.length > 0) return { inputs, failures };
    const refuse = (code: string, message: string) => ({
      inputs,
      failures: [toCheckFailure(problem(["region"], code, message))],
    });
    try {
      const region = await sessions.region(read.profile === UNKNOWN ? {} : read);
      if (region) return { inputs: { ...inputs, region }, failures };
      const ways = "set it here, or aws:region in the stack's config, AWS_REGION, or the profile's region";
      return refuse("missing-region", `is not set; ${ways}`);
    } catch (error) {
      return refuse("unreadable-region", `cannot be read: ${reasonOf(error)}`);
    }
  }
}

interface Checked {
  inputs: Props;
  failures: dynamic.CheckFailure[];
}

/**
 * The reason contains the path, and `property` is empty, because Pulumi's engine prints the whole value of a named property,
 * even of a secret.
 */
const toCheckFailure = ({ path, code, message }: Problem): dynamic.CheckFailure =>
  toFailure(code, `${formatPath(path)} ${message}`);

const toFailure = (code: string, reason: string): dynamic.CheckFailure => ({
  property: "",
  reason: withCode(redact(reason), code),
});

/**
 * An error that leaves the resource in state with these outputs, in the form that Pulumi's host expects. The host adds
 * the provider's code to what a provider returns, but not to what it throws.
 */
export function toInitError(
  { message }: Error,
  id: string,
  outputs: object,
  { __provider }: Props,
  reasons: readonly string[] = [message],
): Error {
  const properties = { ...encodeProperties(outputs), __provider };
  return Object.assign(new Error(message), { id, properties, reasons });
}

/**
 * Pulumi's host prints the errors of `read` and `delete` with their stack, and the engine shows the message once more.
 * So the message is left to the engine, and the host prints one line that refers to it.
 */
class PlainError extends Error {
  constructor(
    private readonly operation: string,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
    this.stack = "the resource's error has the reason";
  }

  override toString(): string {
    return `${this.operation} failed`;
  }
}

/** A read or a delete is not always part of `pulumi up`, so the message refers to `the command` instead. */
export async function withPlainErrors<T>(operation: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const message = (error as Error).message.replaceAll("`pulumi up`", "the command");
    throw new PlainError(operation, message, error);
  }
}

/** The resources as dynamic providers. Secrets arrive in plain text, and the URN in the inputs. */
import type { dynamic } from "@pulumi/pulumi";

import { FinalizationResource } from "../host/finalization-resource";
import type { Operation } from "../host/host";
import { JobResource } from "../host/job-resource";
import { JobSetResource } from "../host/job-set-resource";
import type { Resource } from "../host/resource";
import { InitializationError } from "../host/resource";
import { ProviderHost } from "./host";
import { decodeProperties, decodeSetProperties, encodeProperties } from "./property-values";

type Props = Record<string, unknown>;

interface Conversion {
  /** Name of the resource in messages. */
  describe: (id: string) => string;
  inputs: (props: Props) => Props;
  state: (props: Props) => Props;
}

const unchanged = (props: Props): Props => props;

export class DataExchangeProvider implements dynamic.ResourceProvider<Props, Props> {
  constructor(
    private readonly host: ProviderHost,
    private readonly resource: Resource,
    private readonly convert: Conversion,
  ) {}

  configure({ config }: dynamic.ConfigureRequest): Promise<void> {
    this.host.configure((key) => config.get(key));
    return Promise.resolve();
  }

  async check(olds: Props, news: Props): Promise<dynamic.CheckResult<Props>> {
    const { failures, region } = await this.resource.check(this.convert.inputs(news));
    const inputs = region === undefined ? news : { ...news, region };
    this.host.recordInState(urnOf(olds));
    const isNew = Object.keys(olds).length === 0;
    if (isNew) this.host.preload(inputs);
    // Pulumi's engine prints the whole value of a named property, even of a secret. The reason contains the path.
    return { inputs, failures: failures.map((reason) => ({ property: "", reason })) };
  }

  async diff(id: string, olds: Props, news: Props): Promise<dynamic.DiffResult> {
    const { inputs, state } = this.convert;
    const { replaces, updates } = await this.resource.diff(id, state(olds), inputs(news), urns(olds, news));
    // The host reads and deletes by the code in the state, which is not there if the plugin has written the state.
    const lacksCode = olds.__provider === undefined && news.__provider !== undefined;
    const changes = updates || lacksCode || (replaces !== undefined && replaces.length > 0);
    if (changes) this.host.preload(news);
    return { changes, ...(replaces && { replaces }) };
  }

  create(props: Props): Promise<dynamic.CreateResult<Props>> {
    return this.run(props, async () => {
      const { id, state } = await this.resource.create(this.convert.inputs(props), urns(props));
      return { id, outs: withUrn(state, props) };
    });
  }

  update(id: string, olds: Props, news: Props): Promise<dynamic.UpdateResult<Props>> {
    const { inputs, state } = this.convert;
    return this.run(news, async () => ({
      outs: withUrn(await this.resource.update(id, state(olds), inputs(news), urns(olds, news)), news),
    }));
  }

  read(id: string, props: Props = {}): Promise<dynamic.ReadResult<Props>> {
    return withPlainErrors(`Reading ${this.convert.describe(id)}`, async () => {
      const read = () => this.resource.read(id, this.convert.state(props), urns(props));
      const found = await this.host.engine.track(read);
      return found ? { id, props: encodeProperties(found) } : {};
    });
  }

  delete(id: string, props: Props): Promise<void> {
    return withPlainErrors(`Deleting ${this.convert.describe(id)}`, () =>
      this.host.engine.track(() => this.resource.delete(id, this.convert.state(props), urns(props))),
    );
  }

  /**
   * Throws an error that leaves the resource in state in the form that Pulumi's host expects. The host adds the provider's
   * code to what a provider returns, but not to what it throws.
   */
  private async run<T>(props: Props, operation: () => Promise<T>): Promise<T> {
    try {
      return await this.host.engine.track(operation);
    } catch (error) {
      if (!(error instanceof InitializationError)) throw error;
      const { message, id, state, reasons } = error;
      const properties = { ...withUrn(state, props), __provider: props.__provider };
      throw Object.assign(new Error(message), { id, properties, reasons });
    }
  }
}

export class JobProvider extends DataExchangeProvider {
  constructor(host = new ProviderHost()) {
    const describe = (id: string) => `job ${id}`;
    super(host, new JobResource(host), { describe, inputs: decodeProperties, state: decodeProperties });
  }
}

export class JobSetProvider extends DataExchangeProvider {
  constructor(host = new ProviderHost()) {
    const describe = (id: string) => `job set ${id}`;
    super(host, new JobSetResource(host), { describe, inputs: decodeSetProperties, state: unchanged });
  }
}

export class FinalizationProvider extends DataExchangeProvider {
  constructor(host = new ProviderHost()) {
    const describe = () => "the revision's finalization";
    super(host, new FinalizationResource(host), { describe, inputs: decodeProperties, state: unchanged });
  }
}

/** The state of a resource, with the URN that its inputs contain. */
const withUrn = (state: object, { __urn }: Props): Props =>
  encodeProperties({ ...state, ...(__urn !== undefined && { __urn }) });

/** The URN of the resource, which its inputs and its state contain. */
const urnOf = ({ __urn: urn }: Props): string | undefined =>
  typeof urn === "string" && urn.startsWith("urn:") ? urn : undefined;

const urns = (olds: Props, news = olds): Operation => ({ urn: urnOf(news), oldUrn: urnOf(olds) });

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

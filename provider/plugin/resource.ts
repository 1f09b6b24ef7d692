/** The operations on resources of one type, on the values of the engine's protocol. */
import type { Message } from "../../lib/message-code";
import { CodedError } from "../../lib/message-code";
import { findJobType } from "../../service-model/job-types";
import type { Path } from "../../service-model/validate";
import { UNKNOWN } from "../../service-model/validate";
import type { BodySource } from "../core/ports";
import type { Host, Operation } from "../host/host";
import type { Resource } from "../host/resource";
import { InitializationError } from "../host/resource";
import type { Change } from "./changes";
import { withVisiblePath } from "./changes";
import { importMark, isImported } from "../host/import-mark";
import { inputsOfLastRun, lacksImportedBody } from "../host/imported-job";
import type { Kind } from "./kind";
import { credentialsOf, hasSecretDetails } from "./secrets";
import type { Decoded, Props } from "./values";
import { decode, encode, seal } from "./values";

export interface PropertyChange extends Change {
  /** Whether the path is one of the inputs, and not of the outputs. */
  readonly isInput: boolean;
  readonly replaces: boolean;
}

export interface ResourceDiff {
  readonly replaces: readonly string[];
  readonly hasChanged: boolean;
  readonly changes: readonly PropertyChange[];
}

/** What the engine has stored about a resource. */
export interface Stored {
  readonly id: string;
  readonly state: Props;
  readonly inputs: Props;
}

export class PluginResource {
  private readonly resource: Resource;
  /** MD5s of bodies by their SHA-256, because `diff` receives nothing else of a body. */
  private readonly md5s = new Map<string, string>();

  constructor(
    private readonly kind: Kind,
    private readonly host: Host,
  ) {
    this.resource = kind.open(host);
  }

  async check(urn: string, olds: Props, news: Props): Promise<{ inputs: Props; failures: string[] }> {
    const { values: before } = decode(olds);
    const { values, secrets } = decode(news);
    if (Object.keys(before).length > 0) this.host.recordInState(urn);
    else this.host.preload(values);
    const keepsBody = lacksImportedBody(before, values);
    const { failures, region } = await this.resource.check(
      keepsBody ? { ...values, upload: UNKNOWN } : values,
    );
    if (failures.length === 0 && isImported(before)) await this.recordMd5(values.upload);
    const inputs = {
      ...news,
      ...(region !== undefined && { region }),
      ...(keepsBody && { [importMark]: true }),
    };
    return { failures, inputs: seal(inputs, [...secrets, ...credentialsOf(this.kind.jobs(values))]) };
  }

  async diff({ id, state, inputs }: Stored, news: Props, operation: Operation): Promise<ResourceDiff> {
    const decoded = [state, news, inputs].map(decode);
    const [before, after, last] = decoded.map(({ values }) => values) as [Props, Props, Props];
    const secrets = decoded.flatMap((each) => each.secrets);
    const { hash } = (after.upload ?? {}) as Partial<BodySource>;
    const olds = this.kind.complete(before, inputsOfLastRun(before, last, after, this.md5s.get(hash ?? "")));
    const own = withOldUrn(operation, before);
    const { replaces = [], updates, halfDeleted } = await this.resource.diff(id, olds, after, own);
    const hasChanged = updates || replaces.length > 0;
    if (!hasChanged) return { replaces, hasChanged, changes: [] };
    this.host.preload(after);
    const changes = this.kind
      .changes(olds, last, after)
      .map((change) => ({ ...change, isInput: true, replaces: replaces.includes(String(change.path[0])) }));
    const isExplained = (name: string) => changes.some(({ path }) => path[0] === name);
    const outdated = replaces.filter((name) => !isExplained(name));
    const hasReason = changes.length + outdated.length > 0;
    const causes = hasReason
      ? outdated.map((name) => ({ path: [name], kind: "UPDATE" as const }))
      : this.kind.causes(before, after, halfDeleted);
    const all = [
      ...changes,
      ...causes.map((cause) => ({
        ...cause,
        replaces: outdated.length > 0,
        // The engine compares inputs with inputs, and outputs with inputs.
        isInput: !hasReason && Object.hasOwn(last, cause.path[0]!),
      })),
    ];
    return { replaces, hasChanged, changes: all.map((change) => withVisiblePath(change, secrets)) };
  }

  /** The outputs that a preview shows. `state` is that of a resource that is updated. */
  preview(news: Props, state?: Props): Props {
    const inputs = decode(news);
    return this.encode(this.kind.foresee(inputs.values, state && decode(state).values), inputs);
  }

  async create(news: Props, operation: Operation): Promise<{ id: string; state: Props }> {
    const inputs = decode(news);
    assertBody(inputs.values);
    return this.keepingState(inputs, async () => {
      const { id, state } = await this.resource.create(this.withSecretMark(inputs), operation);
      return { id, state: this.encode(state, inputs) };
    });
  }

  async update({ id, state }: Stored, news: Props, operation: Operation): Promise<Props> {
    const inputs = decode(news);
    const { values, secrets } = decode(state);
    const own = withOldUrn(operation, values);
    return this.keepingState(
      inputs,
      async () => {
        const updated = await this.resource.update(id, values, this.withSecretMark(inputs), own);
        return this.encode(updated, inputs, secrets);
      },
      secrets,
    );
  }

  /**
   * Without inputs, the resource is one that was created elsewhere. Undefined if it no longer exists.
   *
   * @throws CodedError if the resource is to be imported and cannot be.
   */
  async read(
    stored: Stored,
    operation: Operation,
    { isImport = false } = {},
  ): Promise<Pick<Stored, "state" | "inputs"> | undefined> {
    const isForeign = Object.keys(stored.inputs).length === 0;
    const { values: known, secrets } = decode(stored.state);
    const values = isForeign ? await this.identify(stored.id, known) : known;
    const found = (await this.resource.read(stored.id, values, withOldUrn(operation, values))) as
      Props | undefined;
    if (!found) return undefined;
    const obstacle = isImport ? this.kind.import.obstacle(found) : undefined;
    if (obstacle !== undefined) throw new CodedError(describeRefusal(obstacle));
    return {
      state: this.encode(found, decode(stored.inputs), secrets),
      inputs: isForeign ? encode(this.kind.import.inputs(found)) : stored.inputs,
    };
  }

  async delete({ id, state, inputs }: Stored, operation: Operation): Promise<void> {
    const { values } = decode(state);
    const olds = this.kind.complete(values, decode(inputs).values);
    await this.resource.delete(id, olds, withOldUrn(operation, values));
  }

  private async identify(id: string, known: Props): Promise<Props> {
    const region = await this.host.sessions.region({}).catch(() => undefined);
    return { ...this.kind.import.identify(id, region), ...known };
  }

  private async recordMd5(upload: unknown): Promise<void> {
    const { hash } = (upload ?? {}) as Partial<BodySource>;
    if (typeof hash === "string") this.md5s.set(hash, await this.host.bodies.md5(upload as BodySource));
  }

  /** The core masks the details of a job in messages if one of them is secret. */
  private withSecretMark({ values, secrets }: Decoded): Props {
    const hidden = this.kind.jobs(values).filter((job) => hasSecretDetails(secrets, job));
    return hidden.reduce(markSecret, values);
  }

  private encode(state: object, { secrets }: Pick<Decoded, "secrets">, earlier: readonly Path[] = []): Props {
    // The dynamic provider has stored these two in its states.
    const own = Object.entries(state).filter(([name]) => name !== "__urn" && name !== "__provider");
    const outputs = this.kind.present(Object.fromEntries(own));
    return encode(outputs, this.kind.secretOutputs(secrets, outputs, earlier));
  }

  /** Encodes the state of a resource whose operation has failed. */
  private async keepingState<T>(
    inputs: Decoded,
    run: () => Promise<T>,
    earlier: readonly Path[] = [],
  ): Promise<T> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof InitializationError)) throw error;
      const { message, id, state, reasons } = error;
      throw new InitializationError(message, id, this.encode(state, inputs, earlier), reasons);
    }
  }
}

/** States of the dynamic provider name the URN, which may differ from the present one. */
const withOldUrn = (operation: Operation, { __urn }: Props): Operation => ({
  ...operation,
  oldUrn: typeof __urn === "string" ? __urn : operation.urn,
});

/** A job that was imported without its body may have to run again. */
function assertBody({ type, upload }: Props): void {
  if (!findJobType(type)?.upload || (upload !== undefined && upload !== null)) return;
  const text =
    "The job was imported, and what it uploaded is not known. Set upload, so that the job can run again.";
  throw new CodedError({ code: "missing-upload", text });
}

const markSecret = (values: Props, [step, ...rest]: Path): Props =>
  step === undefined
    ? { ...values, __secret: true }
    : { ...values, [step]: markSecret(values[step] as Props, rest) };

const describeRefusal = (obstacle: string): Message => ({
  code: "not-importable",
  text: `${obstacle}, so it cannot be imported. Declare it without an import, and \`pulumi up\` creates it.`,
});

/**
 * A stack of at most one Job, whose engine is these few lines: what it does with a resource's state is what Pulumi's does,
 * and all else is the real host process. The parts compare it with the real engine.
 */
import { asset } from "@pulumi/pulumi";
import { createHash } from "node:crypto";

import type { JobArgs } from "../../../index";
import { assetSignature, signatureKey } from "../../../lib/pulumi-values";
import { providerCode, secretOutputs } from "../../../provider/state-contract";
import type { Host, Props } from "./host";
import { InitFailedError } from "./host";

export interface Resource {
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
  readonly initErrors?: readonly string[];
}

/** What one `up` or `refresh` came to. */
export interface Run {
  readonly error?: string;
}

export class HostStack {
  resource: Resource | undefined;
  /** Old resources of replacements that still have to be deleted. */
  private condemned: Resource[] = [];

  /**
   * Each run of the engine has a host process of its own, which knows nothing of the one before. `name` is the
   * resource's: stacks that share a host have resources of different names.
   */
  constructor(
    public host: Host,
    private readonly name = "job",
  ) {}

  /** One `up` of a program that declares the job, or nothing. */
  async up(args: JobArgs | undefined): Promise<Run> {
    return this.run(async () => {
      if (args) await this.bringAbout(await this.checked(args));
      else if (this.resource) {
        this.condemned.push(this.resource);
        this.resource = undefined;
      }
      await this.deleteCondemned();
    });
  }

  /** Whether an `up` would do anything. */
  async changes(args: JobArgs): Promise<boolean> {
    if (!this.resource) return true;
    const { id, outputs } = this.resource;
    return (await this.host.diff(id, outputs, await this.checked(args))).changes;
  }

  async refresh(): Promise<Run> {
    return this.run(async () => {
      if (!this.resource) return;
      const outputs = await this.host.read(this.resource.id, this.resource.outputs);
      this.resource = outputs && { id: this.resource.id, inputs: this.resource.inputs, outputs };
    });
  }

  /** What the next run finds after a crash that left nothing behind. */
  loseState(): void {
    this.resource = undefined;
  }

  get isEmpty(): boolean {
    return this.resource === undefined && this.condemned.length === 0;
  }

  /** The state as a backend keeps it: what the resource declares secret is encrypted there. */
  stateText(): string {
    return JSON.stringify([this.resource, ...this.condemned], (name, value: unknown) =>
      secretOutputs.includes(name) ? "[secret]" : withoutText(value),
    );
  }

  private async run(work: () => Promise<void>): Promise<Run> {
    try {
      await work();
      return {};
    } catch (error) {
      const { details, message } = error as Error & { details?: string };
      return { error: details ?? message };
    }
  }

  private checked(args: JobArgs): Promise<Props> {
    return checkedBy(this.host, this.name, args, this.resource);
  }

  private async bringAbout(inputs: Props): Promise<void> {
    const old = this.resource;
    if (!old) return this.create(inputs);
    const { changes, replaces } = await this.host.diff(old.id, old.outputs, inputs);
    if (replaces.length > 0) {
      await this.create(inputs, () => this.condemned.push(old));
    } else if (changes || (old.initErrors ?? []).length > 0) {
      await this.keep(inputs, async () => ({
        id: old.id,
        properties: await this.host.update(old.id, old.outputs, inputs),
      }));
    } else this.resource = { ...old, inputs };
  }

  private create(inputs: Props, onMade: () => void = () => undefined): Promise<void> {
    return this.keep(inputs, () => this.host.create(inputs), onMade);
  }

  /** Keeps in state what came of it, also when it came to be and failed. */
  private async keep(
    inputs: Props,
    work: () => Promise<{ id: string; properties: Props }>,
    onMade: () => void = () => undefined,
  ): Promise<void> {
    try {
      const { id, properties } = await work();
      this.resource = { id, inputs, outputs: properties };
      onMade();
    } catch (error) {
      if (error instanceof InitFailedError) {
        this.resource = {
          id: error.id,
          inputs,
          outputs: error.properties,
          initErrors: [error.message],
        };
        onMade();
      }
      throw error;
    }
  }

  private async deleteCondemned(): Promise<void> {
    for (const old of [...this.condemned]) {
      await this.host.delete(old.id, old.outputs);
      this.condemned = this.condemned.filter((other) => other !== old);
    }
  }
}

/** The inputs of a resource as the engine has its provider check them. */
export async function checkedBy(
  host: Host,
  name: string,
  args: JobArgs,
  old: Resource | undefined,
): Promise<Props> {
  const news = {
    ...(JSON.parse(JSON.stringify(args)) as Props),
    ...(args.upload !== undefined && { upload: await onWire(args.upload) }),
    __provider: providerCode,
    __urn: `urn:pulumi:prove::prove::pulumi-nodejs:dynamic/dataexchange:Job::${name}`,
  };
  const { inputs, failures } = await host.check(old?.inputs ?? {}, news);
  if (failures.length > 0) throw new Error(failures.join("\n"));
  return inputs;
}

/** An asset as the engine sends it to a provider. */
async function onWire(upload: unknown): Promise<Props> {
  if (!(upload instanceof asset.StringAsset)) throw new TypeError("Only texts are uploaded here.");
  const text = await upload.text;
  const hash = createHash("sha256").update(text).digest("hex");
  return { [signatureKey]: assetSignature, hash, text };
}

/** The engine writes an asset's hash into the state, and nothing else of it. */
function withoutText(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(signatureKey in value)) return value;
  return { hash: (value as { hash?: unknown }).hash };
}

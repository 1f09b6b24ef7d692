/**
 * A stack of Jobs on real processes of a host. This small engine treats state as Pulumi's does, one resource after the other;
 * the suites compare it with the real engine.
 */
import { createHash } from "node:crypto";

import { asset } from "@pulumi/pulumi";

import type { JobArgs } from "../../index";
import { assetSignature, secretSignature, signatureKey } from "../../lib/pulumi-values";
import { forgetRegisteredJob } from "../../provider/host/job-records";
import { secretOutputs } from "../../provider/core/state";
import { jobToken, providerCode } from "../../provider/resources/state-contract";
import type { SingleJobStack, StackRun } from "./faults/scenarios";
import type { Host, Props, StoredResource } from "../harness/host";
import { InitFailedError, declareResource, withoutMarks } from "../harness/host";

interface Resource extends StoredResource {
  readonly urn: string;
  readonly initErrors?: readonly string[];
}

export interface DeclaredJob {
  readonly name: string;
  readonly args: JobArgs;
  readonly deleteBeforeReplace?: boolean;
}

interface UpOptions {
  /** Names of resources to replace whether or not they changed. */
  readonly replace?: readonly string[];
  /** The engine is killed after it created this many resources, before it stores the last one. */
  readonly killEngineAfter?: number;
}

export class HostStack {
  readonly resources = new Map<string, Resource>();
  /** Replaced and removed resources that still have to be deleted. */
  protected condemned: Resource[] = [];
  private created = 0;
  private killEngineAfter?: number;
  /** The process that serves the next run. */
  host!: Host;

  /** `records`: the folder from which the record of a job is removed when its resource is stored. */
  constructor(private readonly records?: string) {}

  upAll(jobs: readonly DeclaredJob[], { replace = [], killEngineAfter }: UpOptions = {}): Promise<StackRun> {
    this.created = 0;
    this.killEngineAfter = killEngineAfter;
    return this.run(async () => {
      for (const job of jobs) await this.applyJob(job, replace.includes(job.name));
      const names = new Set(jobs.map(({ name }) => name));
      for (const [name, resource] of this.resources) {
        if (names.has(name)) continue;
        this.resources.delete(name);
        this.condemned.push(resource);
      }
      for (const old of [...this.condemned]) {
        await this.host.delete(old.urn, old);
        this.condemned = this.condemned.filter((other) => other !== old);
      }
    });
  }

  refresh(): Promise<StackRun> {
    return this.run(async () => {
      for (const [name, old] of this.resources) {
        const outputs = await this.host.read(old.urn, old);
        if (outputs) this.resources.set(name, { urn: old.urn, id: old.id, inputs: old.inputs, outputs });
        else this.resources.delete(name);
      }
    });
  }

  /** The inputs of a job as the provider returns them from check; throws its failures. */
  protected async check({ name, args }: DeclaredJob): Promise<{ urn: string; inputs: Props }> {
    const props = {
      ...(JSON.parse(JSON.stringify(args)) as Props),
      ...(args.upload !== undefined && { upload: await packAsset(args.upload) }),
    };
    const type = { token: jobToken, code: providerCode };
    const { urn, inputs: news } = declareResource(this.host.kind, type, name, props);
    const { inputs, failures } = await this.host.check(urn, this.resources.get(name)?.inputs ?? {}, news);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return { urn, inputs };
  }

  private async run(work: () => Promise<void>): Promise<StackRun> {
    try {
      await work();
      return {};
    } catch (error) {
      const { details, message } = error as Error & { details?: string };
      return { error: details ?? message };
    }
  }

  private async applyJob(job: DeclaredJob, isReplaced: boolean): Promise<void> {
    const { host, resources } = this;
    const { name, deleteBeforeReplace } = job;
    const old = resources.get(name);
    const { urn, inputs } = await this.check(job);
    const store = (work: () => Promise<{ id: string; properties: Props }>, replaced?: Resource) =>
      this.store(name, { urn, inputs }, work, replaced);
    const create = () => host.create(urn, inputs);
    if (!old) return store(create);
    // The engine does not call diff for a resource that is replaced in any case.
    const { changes, replaces } = isReplaced
      ? { changes: true, replaces: ["id"] }
      : await host.diff(urn, old, inputs);
    if (replaces.length > 0) {
      if (!deleteBeforeReplace) return store(create, old);
      await host.delete(urn, old);
      resources.delete(name);
      return store(create);
    }
    if (!changes && !old.initErrors) return void resources.set(name, { ...old, inputs });
    await store(async () => ({ id: old.id, properties: await host.update(urn, old, inputs) }));
  }

  /** Stores the result, also that of a resource that was created and failed. `replaced` is deleted at the end. */
  private async store(
    name: string,
    declared: { urn: string; inputs: Props },
    work: () => Promise<{ id: string; properties: Props }>,
    replaced?: Resource,
  ): Promise<void> {
    const set = (id: string, outputs: Props, initErrors?: string[]) => {
      this.resources.set(name, { ...declared, id, outputs, initErrors });
      if (replaced) this.condemned.push(replaced);
    };
    try {
      const { id, properties } = await work();
      this.created += 1;
      if (this.created === this.killEngineAfter) throw new Error("the engine was killed");
      set(id, properties);
      // The program does this when the engine has registered a dynamic resource.
      if (this.records !== undefined && this.host.kind === "dynamic") forgetRegisteredJob(id, this.records);
    } catch (error) {
      if (error instanceof InitFailedError) set(error.id, error.properties, [error.message]);
      throw error;
    }
  }
}

/** A stack of at most one Job. Stacks that share a host need different names. */
export class SingleJobHostStack extends HostStack implements SingleJobStack {
  constructor(private readonly name = "job") {
    super();
  }

  get resource(): Resource | undefined {
    return this.resources.get(this.name);
  }

  up(args: JobArgs | undefined): Promise<StackRun> {
    return this.upAll(args ? [{ name: this.name, args }] : []);
  }

  async changes(args: JobArgs): Promise<boolean> {
    if (!this.resource) return true;
    const { urn, inputs } = await this.check({ name: this.name, args });
    return (await this.host.diff(urn, this.resource, inputs)).changes;
  }

  job(): Promise<{ id: string; outputs: Props } | undefined> {
    const { resource } = this;
    return Promise.resolve(resource && { id: resource.id, outputs: withoutMarks(resource.outputs) });
  }

  loseState(): Promise<void> {
    this.resources.clear();
    return Promise.resolve();
  }

  isEmpty(): Promise<boolean> {
    return Promise.resolve(this.resources.size === 0 && this.condemned.length === 0);
  }

  /** The state as a backend stores it: secret outputs are encrypted. */
  readState(): string {
    return JSON.stringify([this.resource, ...this.condemned], (name, value: unknown) =>
      secretOutputs.includes(name) || isMarkedSecret(value) ? "[secret]" : withoutAssetText(value),
    );
  }
}

/** An asset as the engine sends it to a provider. */
async function packAsset(upload: unknown): Promise<Props> {
  if (!(upload instanceof asset.StringAsset)) throw new TypeError("Only string assets are supported here.");
  const text = await upload.text;
  const hash = createHash("sha256").update(text).digest("hex");
  return { [signatureKey]: assetSignature, hash, text };
}

const isMarkedSecret = (value: unknown): boolean =>
  (value as Props | null | undefined)?.[signatureKey] === secretSignature;

/** The engine stores only the hash of an asset. */
function withoutAssetText(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(signatureKey in value)) return value;
  return { hash: (value as { hash?: unknown }).hash };
}

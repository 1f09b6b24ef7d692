import type { Props, StoredResource, TestPlugin } from "./plugin";
import { CallError } from "./plugin";

let engines = 1;

/** A stack with one resource, as the engine runs it: each operation is a run. */
export class PluginStack {
  stored: StoredResource | undefined;
  /** Replaced resources that are not deleted yet. */
  private replaced: StoredResource[] = [];
  /** The steps of the runs. */
  readonly steps: string[] = [];

  constructor(
    readonly plugin: TestPlugin,
    readonly urn: string,
  ) {}

  async up(news: Props, options: { timeout?: number } = {}): Promise<void> {
    await this.begin();
    const { inputs, failures } = await this.plugin.check(this.urn, news, this.stored?.inputs);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    await this.apply(inputs, options);
    await this.deleteReplaced();
  }

  /** `pulumi up --replace`: the engine passes nothing of the old resource until it deletes it. It may be killed before that. */
  async replace(news: Props, { isKilled = false } = {}): Promise<void> {
    await this.begin();
    const { inputs } = await this.plugin.check(this.urn, news);
    await this.create(inputs);
    if (!isKilled) await this.deleteReplaced();
  }

  async refresh(): Promise<void> {
    await this.begin();
    this.stored = await this.plugin.read(this.urn, this.stored!);
  }

  /** `pulumi import` of an id without a program, or with the `import` option and the program's inputs. */
  async import(id: string, news?: Props): Promise<void> {
    await this.begin();
    const read = await this.plugin.read(this.urn, { id });
    if (!read) throw new Error(`There is no ${id}.`);
    const { inputs, failures } = await this.plugin.check(this.urn, news ?? read.inputs, read.inputs);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const { changes, replaces } = await this.plugin.diff(this.urn, read, inputs);
    this.steps.push(changes ? `import with changes: ${replaces.join()}` : "import");
    this.stored = { ...read, inputs };
  }

  async destroy(): Promise<void> {
    await this.begin();
    await this.plugin.delete(this.urn, this.stored!);
    this.stored = undefined;
  }

  private async begin(): Promise<void> {
    await this.plugin.begin(`127.0.0.1:${++engines}`);
  }

  private async create(inputs: Props, options: { timeout?: number } = {}): Promise<void> {
    const { plugin, urn, stored } = this;
    const created = await plugin.create(urn, inputs, options);
    if (stored) this.replaced.push(stored);
    this.stored = { ...created, inputs };
  }

  private async deleteReplaced(): Promise<void> {
    for (const old of this.replaced) {
      await this.plugin.delete(this.urn, old);
      this.replaced = this.replaced.filter((each) => each !== old);
    }
  }

  private async apply(inputs: Props, options: { timeout?: number }): Promise<void> {
    const { plugin, urn, stored } = this;
    const difference = stored && (await plugin.diff(urn, stored, inputs));
    try {
      if (!stored || difference!.replaces.length > 0) {
        this.steps.push(stored ? "replace" : "create");
        await this.create(inputs, options);
      } else if (difference!.changes) {
        this.steps.push("update");
        this.stored = { id: stored.id, state: await plugin.update(urn, stored, inputs, options), inputs };
      } else {
        this.steps.push("same");
        this.stored = { ...stored, inputs };
      }
    } catch (error) {
      if (error instanceof CallError && error.kept) this.stored = { ...error.kept, inputs };
      throw error;
    }
  }
}

import { resolve } from "node:path";

import type { EngineEvent } from "@pulumi/pulumi/automation";
import { Stack } from "@pulumi/pulumi/automation";

import quickstart from "../../examples/quickstart";
import type { AssetInState } from "../../service-model/made-assets";
import { withNames } from "../../service-model/made-assets";
import type { TemporaryWorkspace } from "../automation/workspace";
import { projectSettingsIn, temporaryWorkspace } from "../automation/workspace";
import type { PulumiCli } from "../pulumi-cli";

export type Operation = "preview" | "up" | "refresh" | "destroy";

/** What an operation of the engine came to. */
export interface EngineRun {
  /** How many resources had each kind of change: `create`, `same`, `replace`, … The stack itself counts as one. */
  changes: Record<string, number>;
  /** Which properties made a resource's replacement necessary, by its name. */
  replacedFor: Record<string, string[]>;
  error?: Error;
}

/** A job as it stands in the stack's state. */
export interface JobInState {
  id: string;
  state: string;
  assets: string[];
}

/** A stack of the repository's own project, in a folder that goes with the demo. */
export class QuickstartStack {
  private constructor(
    private readonly stack: Stack,
    private readonly temporary: TemporaryWorkspace,
  ) {}

  static async create(cli: PulumiCli, env: Readonly<Record<string, string>>): Promise<QuickstartStack> {
    const project = await projectSettingsIn(process.cwd(), cli);
    // As with the Pulumi CLI, but that the settings are not in the folder that their `main` starts from.
    const main = resolve(project.main ?? ".");
    const temporary = await temporaryWorkspace(cli, { project: { ...project, main }, env });
    temporary.workspace.program = () => Promise.resolve(quickstart());
    try {
      return new QuickstartStack(await Stack.create("demo", temporary.workspace), temporary);
    } catch (error) {
      await temporary.remove();
      throw error;
    }
  }

  /** Sets keys of the stack's config, given as paths such as `keys[0]`. */
  async configure(entries: Readonly<Record<string, string>>): Promise<void> {
    const values = Object.entries(entries).map(([key, value]) => [key, { value }] as const);
    await this.stack.setAllConfig(Object.fromEntries(values), true);
  }

  async run(
    operation: Operation,
    { onOutput, color, diff }: { onOutput: (text: string) => void; color: "always" | "never"; diff: boolean },
  ): Promise<EngineRun> {
    const run: EngineRun = { changes: {}, replacedFor: {} };
    const onEvent = (event: EngineEvent) => note(event, run);
    const options = { onOutput, onError: onOutput, onEvent, color };
    try {
      switch (operation) {
        case "preview":
          await this.stack.preview({ ...options, diff });
          break;
        case "up":
          await this.stack.up(options);
          break;
        case "refresh":
          await this.stack.refresh(options);
          break;
        case "destroy":
          await this.stack.destroy(options);
      }
    } catch (error) {
      run.error = error as Error;
    }
    return run;
  }

  /** A job of the program, by its name there. */
  async job(name: string): Promise<JobInState> {
    const { resources = [] } = (await this.stack.exportStack()).deployment as { resources?: StateResource[] };
    const found = resources.find(({ urn }) => urn.endsWith(`::${name}`));
    if (!found) throw new Error(`There is no ${name} in the stack's state.`);
    const { outputs } = found;
    const assets = withNames(outputs, outputs.assets).map((asset) => asset.name);
    return { id: found.id, state: outputs.state, assets: assets.sort() };
  }

  remove(): Promise<void> {
    return this.temporary.remove();
  }
}

interface StateResource {
  urn: string;
  id: string;
  outputs: { type: string; details: unknown; state: string; assets: AssetInState[] };
}

function note({ summaryEvent, resourcePreEvent }: EngineEvent, run: EngineRun): void {
  if (summaryEvent) run.changes = { ...summaryEvent.resourceChanges };
  const { op, urn, keys } = resourcePreEvent?.metadata ?? {};
  if (op === "create-replacement" && urn && keys) run.replacedFor[urn.split("::").pop()!] = keys;
}

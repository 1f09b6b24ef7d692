/** The lifecycle of one resource at a service with stale answers, and the guarantees that it must keep. */
import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import { namesRemedy } from "../faults/case";
import type { StackRun } from "../faults/scenarios";
import { Guarantees } from "../suite";

export const kinds = ["import", "upload", "export"] as const;

export interface LagScript {
  readonly kind: (typeof kinds)[number];
  /** Maximum age of an answer, in milliseconds. */
  readonly maxLag: number;
}

/** A stack of one resource. */
export interface LagStack {
  readonly resource?: { readonly id: string; readonly outputs: Partial<JobOutputs> };
  refresh(): Promise<StackRun>;
}

/** Assets of each kind of job. */
const assetCounts = { import: 4, upload: 1, export: 0 };
/** A guarantee is broken if more runs than this fail in a row. */
const maxFailures = 3;
/** With shifting pages a third of the refreshes miss an asset, so this many in a row do not all miss it. */
const maxRefreshes = 40;

/** Virtual time and real processes differ in the abstract members. */
export abstract class LagRun<Stack extends LagStack> extends Guarantees {
  protected abstract readonly script: LagScript;
  /** Whether a crash or another process may have repeated an export. */
  protected abstract readonly mayRepeatExport: boolean;

  /** The first `up`, which may be interrupted or run twice at once. */
  protected abstract begin(): Promise<Stack>;
  /** Gives the stack a new process. */
  protected abstract restart(stack: Stack): Promise<void>;
  /** Another trigger replaces the job. */
  protected abstract upOnce(stack: Stack, trigger: number): Promise<StackRun>;
  /** All jobs of the resource that the service knows. */
  protected abstract jobs(): readonly { readonly id: string; readonly startCount: number }[];
  /** The ids of the assets in the revision. */
  protected abstract assetIds(): Promise<string[]>;
  protected abstract wait(ms: number): Promise<unknown>;
  /** Finalizes the revision while another import into it runs. */
  protected abstract finalize(stack: Stack): Promise<void>;

  /** Returns the broken guarantees. */
  async run(): Promise<readonly string[]> {
    try {
      await this.runLifecycle();
    } catch (error) {
      this.broken.push((error as Error).message);
    }
    return this.broken;
  }

  private async runLifecycle(): Promise<void> {
    const { kind } = this.script;
    const stack = await this.begin();
    const starts = this.starts();
    const mayRepeat = kind === "export" && this.mayRepeatExport;
    this.verify(starts === 1 || (mayRepeat && starts === 2), `the work was started ${starts} times`);
    await this.check(stack, "after the first up");
    await this.refreshUntilWhole(stack);
    await this.check(stack, "after a refresh");
    const replaced = stack.resource!.id;
    await this.up(stack, 2);
    const hasRun = stack.resource!.id !== replaced && this.starts() === starts + 1;
    this.verify(hasRun, "other triggers, and the job did not run once more");
    await this.check(stack, "after a replacement");
    if (kind === "import") await this.finalize(stack);
  }

  protected up(stack: Stack, trigger: number): Promise<void> {
    return this.repeat(async () => {
      await this.restart(stack);
      return this.upOnce(stack, trigger);
    });
  }

  /** Repeats a run until it succeeds; each failure must name the remedy. */
  protected async repeat(run: () => Promise<StackRun>, pauseMs = 0): Promise<void> {
    for (let failures = 0; ; failures++) {
      const { error } = await run();
      if (error === undefined) return;
      this.verify(namesRemedy(error), `the message does not say what to do: ${error}`);
      if (failures === maxFailures) throw new Error(`${failures + 1} runs failed: ${error}`);
      await this.wait(pauseMs);
    }
  }

  /** How often jobs of the resource were started. */
  protected starts(): number {
    return this.jobs().reduce((sum, { startCount }) => sum + startCount, 0);
  }

  /** Refreshes at once and, when no answer is stale any more, again. */
  private async refreshUntilWhole(stack: Stack): Promise<void> {
    await this.restart(stack);
    await this.refresh(stack);
    await this.wait(this.script.maxLag);
    for (let times = 0; times < maxRefreshes; times++) {
      await this.refresh(stack);
      // Set if a page shifted, so that the next refresh must list the assets again.
      const { __incomplete, __unlisted } = stack.resource!.outputs;
      if ((__incomplete ?? __unlisted) === undefined) return;
    }
  }

  private async refresh(stack: Stack): Promise<void> {
    const { error } = await stack.refresh();
    if (error !== undefined) throw new Error(`a refresh failed: ${error}`);
    if (!stack.resource) throw new Error("a refresh lost the job");
  }

  private async check({ resource }: Stack, when: string): Promise<void> {
    const { state, assets } = readOutputs({ ...resource?.outputs });
    this.verify(state === "COMPLETED", `${when} the job in state is ${state}`);
    const startCount = this.jobs().find(({ id }) => id === resource?.id)?.startCount;
    this.verify(startCount === 1, `${when} the job in state was started ${startCount} times`);
    const all = assetCounts[this.script.kind];
    this.verify(assets.length === all, `${when} the state names ${assets.length} of ${all} assets`);
    const named = assets.map(({ id }) => id).sort();
    const held = (await this.assetIds()).sort();
    this.verify(
      named.join() === held.join(),
      `${when} the revision holds the assets ${held.join()}, and the state names ${named.join()}`,
    );
  }
}

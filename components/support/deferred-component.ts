import type { ComponentResourceOptions, Inputs, Output } from "@pulumi/pulumi";
import { ComponentResource, log, output } from "@pulumi/pulumi";

import type { Message } from "../../lib/message-code";
import { withCode } from "../../lib/message-code";
import type { JobAsset, JobState } from "../../service-model/job";
import type { ImportOutputs } from "./declared-jobs";
import { hideSecretsIn, reportInputErrors } from "./input-error";

/**
 * The engine writes the arguments of `super` into the state, including secrets and documents. The component's arguments are
 * passed under a symbol, because members under a symbol are not serialized.
 */
const hiddenArgs = Symbol("args");

/** A component that waits for inputs before it declares its children. Its outputs exist from the start. */
export abstract class DeferredComponent<
  Args extends object,
  Outputs extends object,
> extends ComponentResource<Outputs> {
  /**
   * @param outputs Names of the outputs, which become members of the component.
   * @param inState Names of the outputs in the component's own state. Default: all.
   */
  constructor(
    type: string,
    name: string,
    args: Args,
    opts: ComponentResourceOptions,
    outputs: readonly (keyof Outputs & string)[],
    inState = outputs,
  ) {
    super(type, name, { [hiddenArgs]: args }, opts);
    const declared = this.getData();
    // Separately, so that a secret or unknown output does not make the others secret or unknown.
    const members = outputs.map((member) => [member, output(declared.then((all) => all[member]))] as const);
    Object.assign(this, Object.fromEntries(members));
    this.registerOutputs(Object.fromEntries(members.filter(([member]) => inState.includes(member))));
  }

  /** Declares the children and returns the outputs. Runs synchronously up to its first `await`. */
  protected abstract declare(name: string, args: Args, opts: ComponentResourceOptions): Promise<Outputs>;

  protected override initialize(
    inputs: Inputs,
    opts: ComponentResourceOptions,
    name: string,
    type: string,
  ): Promise<Outputs> {
    const args = (inputs as { [hiddenArgs]: Args })[hiddenArgs];
    const title = `${type.slice(type.lastIndexOf(":") + 1)} ${JSON.stringify(name)}`;
    return reportInputErrors(this, title, args, () => this.declare(name, args, opts));
  }

  /** Shows a note at the component's row, without the secrets in `args`. */
  protected async note({ code, text }: Message, args: Args): Promise<void> {
    await log.info(withCode(await hideSecretsIn(args, text), code), this);
  }

  /** Shows a warning at the component's row, without the secrets in `args`. */
  protected async warn({ code, text }: Message, args: Args): Promise<void> {
    await log.warn(withCode(await hideSecretsIn(args, text), code), this);
  }
}

/** A component whose jobs import assets. The state contains the assets once, with the jobs that created them. */
export abstract class ImportComponent<
  Args extends object,
  Outputs extends ImportOutputs = ImportOutputs,
> extends DeferredComponent<Args, Outputs> {
  /** Ids of the jobs, in the order in which they are declared. */
  declare readonly jobIds: Output<string[]>;
  /** States of the jobs: all `COMPLETED` after `pulumi up`. */
  declare readonly states: Output<JobState[]>;
  /** The assets that the jobs created. */
  declare readonly assets: Output<JobAsset[]>;

  constructor(
    type: string,
    name: string,
    args: Args,
    opts: ComponentResourceOptions,
    ...outputs: (keyof Outputs & string)[]
  ) {
    super(type, name, args, opts, ["jobIds", "states", "assets", ...outputs], ["jobIds", "states"]);
  }
}

/** A RevisionPublication passes its selection under this symbol, so that nothing is listed twice. */
const selected = Symbol("selection");

export const withSelection = <Args extends object>(args: Args, selection: unknown): Args => ({
  ...args,
  [selected]: selection,
});

export const selectionOf = <Selection>(args: object): Selection | undefined =>
  (args as { [selected]?: Selection })[selected];

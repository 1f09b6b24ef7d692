import { CodedError } from "../../lib/message-code";
import type { FinalizationInputs, FinalizationOutputs } from "../core/finalization";
import {
  checkFinalization,
  deleteFinalization,
  diffFinalization,
  finalizeRevision,
  readFinalization,
} from "../core/finalization";
import type { Operation } from "./host";
import type { Difference, Props } from "./resource";
import { Resource } from "./resource";

/** Finalizes revisions. */
export class FinalizationResource extends Resource {
  protected readonly findProblems = checkFinalization;

  diff(_id: string, state: Props, news: Props): Promise<Difference> {
    return Promise.resolve(diffFinalization(state, news));
  }

  async create(inputs: Props, operation: Operation): Promise<{ id: string; state: object }> {
    const { dataSetId, revisionId } = inputs as Props & FinalizationInputs;
    const state = await this.finalize(inputs, operation);
    return { id: `${dataSetId}:${revisionId}`, state };
  }

  update(_id: string, _state: Props, news: Props, operation: Operation): Promise<object> {
    return this.finalize(news, operation);
  }

  async read(_id: string, state: Props, operation: Operation): Promise<object | undefined> {
    const outputs = state as Props & FinalizationOutputs;
    const found = await this.host.run(state, operation, ({ session }) => readFinalization(outputs, session));
    // A lookup has no state that could be removed, so a missing revision is an error.
    if (!found && outputs.finalized === undefined) {
      const { dataSetId, revisionId } = outputs;
      const text = `There is no revision ${revisionId} of data set ${dataSetId} in this region and account.`;
      throw new CodedError({ code: "revision-not-found", text });
    }
    return found;
  }

  delete(_id: string, state: Props, operation: Operation): Promise<void> {
    const outputs = state as Props & FinalizationOutputs;
    return this.host.run(state, operation, (dependencies) => deleteFinalization(outputs, dependencies));
  }

  private finalize(inputs: Props, operation: Operation): Promise<object> {
    const wanted = inputs as Props & FinalizationInputs;
    return this.host.run(inputs, operation, (dependencies) => finalizeRevision(wanted, dependencies));
  }
}

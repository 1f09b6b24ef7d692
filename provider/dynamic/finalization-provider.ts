import type { dynamic } from "@pulumi/pulumi";

import type { FinalizationInputs, FinalizationOutputs } from "../core/finalization";
import {
  checkFinalization,
  deleteFinalization,
  diffFinalization,
  finalizeRevision,
  readFinalization,
} from "../core/finalization";
import { DataExchangeProvider } from "./data-exchange-provider";
import type { Props } from "./host";
import { encodeProperties } from "./property-values";

/** Finalizes revisions. */
export class FinalizationProvider extends DataExchangeProvider<FinalizationInputs, FinalizationOutputs> {
  protected readonly findProblems = checkFinalization;
  protected readonly describe = () => "the revision's finalization";

  diff(_id: string, olds: Props, news: Props): Promise<dynamic.DiffResult> {
    const { replaces, updates } = diffFinalization(olds, news);
    return Promise.resolve({ changes: replaces.length > 0 || updates, replaces });
  }

  async create(inputs: Props): Promise<dynamic.CreateResult<Props>> {
    const { dataSetId, revisionId } = this.decodeInputs(inputs);
    return { id: `${dataSetId}:${revisionId}`, outs: await this.finalize(inputs) };
  }

  async update(_id: string, _olds: Props, news: Props): Promise<dynamic.UpdateResult<Props>> {
    return { outs: await this.finalize(news) };
  }

  protected decodeOutputs(props: Props): FinalizationOutputs {
    return props as Props & FinalizationOutputs;
  }

  protected async readResource(_id: string, outputs: FinalizationOutputs, props: Props) {
    return readFinalization(outputs, await this.host.sessions.of(props));
  }

  protected async deleteResource(_id: string, outputs: FinalizationOutputs, props: Props): Promise<void> {
    const session = await this.host.sessions.of(props);
    await this.host.withReporter(props, (reporter) => deleteFinalization(outputs, { session, reporter }));
  }

  private async finalize(inputs: Props): Promise<Props> {
    const session = await this.host.sessions.of(inputs);
    return this.host.withReporter(inputs, async (reporter) =>
      encodeProperties(await finalizeRevision(inputs as Props & FinalizationInputs, { session, reporter })),
    );
  }
}

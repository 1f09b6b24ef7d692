/** The finalization of revisions, served by Pulumi's host for dynamic providers. */
import type { dynamic } from "@pulumi/pulumi";

import { deleteFinalization, finalizeRevision, readFinalization } from "../core/finalization";
import type { FinalizationInputs, FinalizationOutputs } from "../core/finalization-inputs";
import { checkFinalization, diffFinalization } from "../core/finalization-inputs";
import { toCheckFailure, withPlainErrors, withRegion } from "./data-exchange-provider";
import type { Props } from "./host";
import { ProviderHost } from "./host";
import { decodeProperties, encodeProperties } from "./property-values";

export class FinalizationProvider implements dynamic.ResourceProvider<Props, Props> {
  constructor(private readonly host = new ProviderHost()) {}

  configure(request: dynamic.ConfigureRequest): Promise<void> {
    this.host.configure(request);
    return Promise.resolve();
  }

  async check(_olds: Props, news: Props): Promise<dynamic.CheckResult<Props>> {
    const inputs = decodeProperties(news);
    const failures = checkFinalization(inputs).map(toCheckFailure);
    return withRegion(this.host.sessions, inputs, { inputs: news, failures });
  }

  diff(_id: string, olds: Props, news: Props): Promise<dynamic.DiffResult> {
    const { replaces, updates } = diffFinalization(olds, news);
    return Promise.resolve({ changes: replaces.length > 0 || updates, replaces });
  }

  async create(inputs: Props): Promise<dynamic.CreateResult<Props>> {
    const { dataSetId, revisionId } = inputs as unknown as FinalizationInputs;
    return { id: `${dataSetId}:${revisionId}`, outs: await this.finalize(inputs) };
  }

  async update(_id: string, _olds: Props, news: Props): Promise<dynamic.UpdateResult<Props>> {
    return { outs: await this.finalize(news) };
  }

  read(id: string, props: Props = {}): Promise<dynamic.ReadResult<Props>> {
    return withPlainErrors("Reading the revision", "the command", async () => {
      const found = await readFinalization(outputsOf(props), await this.host.sessions.of(props));
      return found ? { id, props: encodeProperties(found) } : {};
    });
  }

  delete(_id: string, props: Props): Promise<void> {
    return withPlainErrors("Opening the revision", "the command", async () => {
      const session = await this.host.sessions.of(props);
      await this.host.reporting(props, (reporter) =>
        deleteFinalization(outputsOf(props), { session, reporter }),
      );
    });
  }

  private async finalize(inputs: Props): Promise<Props> {
    const session = await this.host.sessions.of(inputs);
    return this.host.reporting(inputs, async (reporter) =>
      encodeProperties(await finalizeRevision(inputs as Props & FinalizationInputs, { session, reporter })),
    );
  }
}

const outputsOf = (props: Props): FinalizationOutputs => props as unknown as FinalizationOutputs;

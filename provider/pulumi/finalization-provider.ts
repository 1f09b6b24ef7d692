/** The finalization of revisions, served by Pulumi's host for dynamic providers. */
import type { dynamic } from "@pulumi/pulumi";

import type { ReadConfig } from "../aws/settings";
import type { FinalizationInputs, FinalizationOutputs } from "../core";
import {
  checkFinalization,
  deleteFinalization,
  diffFinalization,
  finalizeRevision,
  readFinalization,
} from "../core";
import { systemClock } from "./clock";
import { withRegion } from "./default-region";
import { Engine } from "./engine";
import { reporting } from "./engine-reporter";
import { failureOf } from "./failure";
import { failingPlainly } from "./plain-failure";
import { Sessions } from "./sessions";
import { fromWire, toWire } from "./wire";

type Props = Record<string, unknown>;

export class FinalizationProvider implements dynamic.ResourceProvider<Props, Props> {
  private config: ReadConfig = () => undefined;
  private readonly sessions = new Sessions(
    (key) => this.config(key),
    systemClock,
    (text) => void this.engine.log("WARNING", text),
  );

  constructor(private readonly engine = new Engine(undefined)) {}

  configure({ config }: dynamic.ConfigureRequest): Promise<void> {
    this.config = (key) => config.get(key);
    return Promise.resolve();
  }

  async check(_olds: Props, news: Props): Promise<dynamic.CheckResult<Props>> {
    const inputs = fromWire(news);
    const failures = checkFinalization(inputs).map(failureOf);
    return withRegion(this.sessions, inputs, { inputs: news, failures });
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
    return failingPlainly("Reading the revision", "the command", async () => {
      const found = await readFinalization(outputsOf(props), await this.sessions.of(props));
      return found ? { id, props: toWire(found) } : {};
    });
  }

  delete(_id: string, props: Props): Promise<void> {
    return failingPlainly("Opening the revision", "the command", async () => {
      const session = await this.sessions.of(props);
      await reporting(this.engine, props, (reporter) =>
        deleteFinalization(outputsOf(props), { session, reporter }),
      );
    });
  }

  private async finalize(inputs: Props): Promise<Props> {
    const session = await this.sessions.of(inputs);
    return reporting(this.engine, inputs, async (reporter) =>
      toWire(await finalizeRevision(inputs as Props & FinalizationInputs, { session, reporter })),
    );
  }
}

const outputsOf = (props: Props): FinalizationOutputs => props as unknown as FinalizationOutputs;

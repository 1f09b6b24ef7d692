/** States of released versions, used with today's code. */
import { GetRevisionCommand } from "@aws-sdk/client-dataexchange";
import type { Deployment } from "@pulumi/pulumi/automation";

import { jobRetentionDays } from "../../../service-model/errors";
import { TestService } from "../../harness/service";
import type { EngineRun } from "../../harness/stack";
import { TestStack } from "../../harness/stack";
import type { Suite, SuiteContext, SuiteResult } from "../suite";
import type { Fixture } from "./fixtures";
import { fixtures, nameOf, prepare, resourcesOf } from "./fixtures";
import { changeable, program } from "./program";

export const upgradeSuite: Suite = {
  name: "upgrade",
  title: "states of each released version: read, refreshed, expired, replaced and destroyed by today's code",
  async run({ progress }: SuiteContext): Promise<SuiteResult> {
    const results: Upgraded[] = [];
    for (const fixture of fixtures()) {
      progress(`the state in ${fixture.name}`);
      results.push(await upgrade(fixture));
    }
    return {
      table: {
        head: ["state", "resources", ...steps],
        rows: results.map(({ fixture, resources, broken }) => [
          fixture.name,
          resources,
          ...steps.map((step) => (broken.some((each) => each.step === step) ? "FAILED" : "✓")),
        ]),
      },
      figures: { states: results.length },
      failures: results.flatMap(({ fixture, broken }) =>
        broken.map(({ step, what }) => ({ where: `${fixture.name}, ${step}`, what })),
      ),
    };
  },
};

export const steps = ["read", "refreshed", "expired", "replaced", "destroyed"] as const;
export type Step = (typeof steps)[number];

export interface Broken {
  readonly step: Step;
  readonly what: string;
}

export interface Upgraded {
  readonly fixture: Fixture;
  readonly resources: number;
  readonly broken: readonly Broken[];
}

export async function upgrade(fixture: Fixture): Promise<Upgraded> {
  const service = await TestService.start();
  try {
    const stack = await TestStack.create({ env: service.env });
    try {
      return await live(fixture, service, stack);
    } finally {
      await stack.remove();
    }
  } finally {
    await service.stop();
  }
}

async function live(fixture: Fixture, service: TestService, stack: TestStack): Promise<Upgraded> {
  const text = await prepare(service, fixture.text);
  const { jobs, finalizations } = resourcesOf(text);
  const changed = changeable(text);
  const broken: Broken[] = [];
  let step: Step = "read";
  const unless = (kept: boolean, what: string) => void (kept || broken.push({ step, what }));
  const well = (run: EngineRun): EngineRun => {
    unless(run.error === undefined, `the run failed: ${run.stderr}${run.stdout}`);
    return run;
  };
  const unchanged = async () => {
    const { changes } = well(await stack.preview(program(text, false)));
    const others = Object.keys(changes).filter((operation) => operation !== "same");
    unless(
      changes.same === jobs.length + finalizations.length + 1,
      `the preview has ${JSON.stringify(changes)}`,
    );
    unless(others.length === 0, `the preview would ${others.join(", ")}`);
  };
  const asItWas = async () => {
    const kept = await stack.jobs();
    for (const { id, outputs, ...job } of jobs) {
      const now = kept.find((each) => each.urn === job.urn);
      const assets = (held: unknown) => JSON.stringify((held as { id: string }[]).map((asset) => asset.id));
      unless(
        now?.id === id && now.outputs.state === outputs.state,
        `${job.urn} is another job, or in another state`,
      );
      unless(assets(now?.outputs.assets ?? []) === assets(outputs.assets), `${job.urn} has other assets`);
    }
    unless(
      (await stack.resources(":RevisionFinalization")).length === finalizations.length,
      "a finalization is gone",
    );
  };

  await stack.stack.importStack(JSON.parse(text) as Deployment);
  await unchanged();
  step = "refreshed";
  well(await stack.refresh());
  await asItWas();
  step = "expired";
  service.local.clock.advance(`${jobRetentionDays + 1}d`);
  well(await stack.refresh());
  await asItWas();
  await unchanged();
  step = "replaced";
  const before = service.local.jobs().length;
  const { changes } = well(await stack.up(program(text, true)));
  unless((changes.replace ?? 0) === changed.length, `the up has ${JSON.stringify(changes)}`);
  const now = await stack.jobs();
  for (const { urn, id } of changed) {
    const job = now.find((each) => each.urn === urn);
    unless(
      job !== undefined && job.id !== id && job.outputs.state === "COMPLETED",
      `${urn} did not run again`,
    );
  }
  const made = service.local.jobs().slice(before);
  unless(
    made.length === changed.length &&
      made.every(({ startCount, state }) => startCount === 1 && state === "COMPLETED"),
    `${made.length} jobs were made for ${changed.length}`,
  );
  step = "destroyed";
  well(await stack.destroy());
  unless((await stack.resources("")).length === 0, "something is left in state");
  for (const { inputs, ...each } of finalizations) {
    const { Finalized } = await service.dataExchange.send(
      new GetRevisionCommand({
        DataSetId: inputs.dataSetId as string,
        RevisionId: inputs.revisionId as string,
      }),
    );
    unless(Finalized === false, `the revision of ${nameOf({ inputs, ...each })} is still finalized`);
  }
  return { fixture, resources: jobs.length + finalizations.length, broken };
}

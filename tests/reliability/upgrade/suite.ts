/** States of released versions, used with today's code. */
import type { Deployment } from "@pulumi/pulumi/automation";

import { jobRetentionDays } from "../../../service-model/errors";
import type { RevisionIds } from "../../harness/service";
import type { HostName } from "../../harness/host-differences";
import { setHost } from "../../harness/hosts";
import { TestService, toSdkIds } from "../../harness/service";
import type { EngineRun } from "../../harness/stack";
import { createStack } from "../engine-stack";
import type { Json } from "../fuzz/values";
import type { Suite, SuiteContext, SuiteResult } from "../suite";
import type { Fixture } from "./fixtures";
import { fixtures, nameOf, prepare, resourcesOf } from "./fixtures";
import { changeable, program } from "./program";

export const upgradeSuite: Suite = {
  name: "upgrade",
  title: "states of each released version: read, refreshed, expired, replaced and destroyed by today's code",
  async run({ progress, host }: SuiteContext): Promise<SuiteResult> {
    const results: Awaited<ReturnType<typeof upgrade>>[] = [];
    for (const fixture of fixtures()) {
      progress(`the state in ${fixture.name}`);
      results.push(await upgrade(fixture, host));
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

/** The plugin alone moves a state to itself, and back. */
const steps = ["read", "moved", "refreshed", "expired", "replaced", "moved back", "destroyed"] as const;

export async function upgrade(fixture: Fixture, host: HostName = "dynamic") {
  await using service = await TestService.start();
  await using stack = await createStack(host, service.env);
  const text = await prepare(service, fixture.text);
  const { jobs, finalizations } = resourcesOf(text);
  const changed = changeable(text);
  const broken: { step: (typeof steps)[number]; what: string }[] = [];
  let step: (typeof steps)[number] = "read";
  const verify = (isKept: boolean, what: string) => void (isKept || broken.push({ step, what }));
  const expectSuccess = (run: EngineRun): EngineRun => {
    verify(run.error === undefined, `the run failed: ${run.stderr}${run.stdout}`);
    return run;
  };
  const expectUnchanged = async () => {
    const { changes } = expectSuccess(await stack.preview(program(text, false)));
    const { same, ...others } = changes;
    const hasChanges = same !== jobs.length + finalizations.length + 1 || Object.keys(others).length > 0;
    verify(!hasChanges, `the preview has ${JSON.stringify(changes)}`);
  };
  const expectAsBefore = async () => {
    const kept = await stack.jobs();
    const factsOf = (id: string, { state, assets = [] }: Json) =>
      JSON.stringify([id, state, (assets as { id: string }[]).map((asset) => asset.id)]);
    for (const { urn, id, outputs } of jobs) {
      const now = kept.find((job) => nameOf(job) === nameOf({ urn }));
      const [is, was] = [now && factsOf(now.id, now.outputs), factsOf(id, outputs)];
      verify(is === was, `${urn} is ${is} (job, state, assets), and was ${was}`);
    }
    const { length } = await stack.resources(":RevisionFinalization");
    verify(length === finalizations.length, "a finalization is gone");
  };

  const expectNoJob = async (run: Promise<EngineRun>) => {
    const before = service.local.jobs().length;
    const { changes } = expectSuccess(await run);
    verify(service.local.jobs().length === before, "a job was created");
    verify(
      changes.replace === undefined && changes.delete === undefined,
      `the up has ${JSON.stringify(changes)}`,
    );
  };

  await stack.stack.importStack(JSON.parse(text) as Deployment);
  await expectUnchanged();
  if (host === "plugin") {
    step = "moved";
    await expectNoJob(stack.up(program(text, false)));
  }
  step = "refreshed";
  expectSuccess(await stack.refresh());
  await expectAsBefore();
  step = "expired";
  service.local.clock.advance(`${jobRetentionDays + 1}d`);
  expectSuccess(await stack.refresh());
  await expectAsBefore();
  await expectUnchanged();
  step = "replaced";
  const before = service.local.jobs().length;
  const { changes } = expectSuccess(await stack.up(program(text, true)));
  verify((changes.replace ?? 0) === changed.length, `the up has ${JSON.stringify(changes)}`);
  const now = await stack.jobs();
  for (const { urn, id } of changed) {
    const job = now.find((each) => nameOf(each) === nameOf({ urn }));
    const hasRun = job !== undefined && job.id !== id && job.outputs.state === "COMPLETED";
    verify(hasRun, `${urn} did not run again`);
  }
  const created = service.local.jobs().slice(before);
  const haveRun = created.every(({ startCount, state }) => startCount === 1 && state === "COMPLETED");
  verify(haveRun && created.length === changed.length, `${created.length} jobs ran for ${changed.length}`);
  if (host === "plugin") {
    step = "moved back";
    setHost("dynamic");
    await expectNoJob(stack.up(program(text, true)));
  }
  step = "destroyed";
  expectSuccess(await stack.destroy());
  verify((await stack.resources("")).length === 0, "something is left in state");
  for (const finalization of finalizations) {
    const ids = toSdkIds(finalization.inputs as unknown as RevisionIds);
    const { Finalized } = await service.dataExchange.getRevision(ids);
    verify(Finalized === false, `the revision of ${nameOf(finalization)} is still finalized`);
  }
  return { fixture, resources: jobs.length + finalizations.length, broken };
}

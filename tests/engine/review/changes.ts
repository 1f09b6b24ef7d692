/** Programs with jobs before and after changes. */
import type { Input } from "@pulumi/pulumi";
import { ComponentResource, rootStackResource, secret } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import type { JobArgs } from "../../../index";
import { Job, RevisionFinalization } from "../../../index";
import { importArgs } from "../../harness/programs";
import type { TestService } from "../../harness/service";

export interface Place {
  dataSetId: string;
  revisionId: string;
}

/** The job before and after a change. Each change has another revision. */
export interface Change {
  before?: JobArgs;
  after?: JobArgs;
}

const [monday, tuesday] = [[{ day: "monday" }], [{ day: "tuesday" }]];
const tags = [{ key: "team", value: "risk" }];

/** Changes of the sources of an import, by name. */
const sources: Record<string, [before: string[], after: string[], rest?: Partial<JobArgs>]> = {
  exchanged: [
    ["a.csv", "b.csv"],
    ["b.csv", "c.csv"],
  ],
  ordered: [
    ["a.csv", "b.csv"],
    ["b.csv", "a.csv"],
  ],
  deleting: [["a.csv", "b.csv"], ["b.csv"], { onDelete: "deleteAssets" }],
};

/** Changes of other arguments of an import, by name. */
const settings: Record<string, [before: Partial<JobArgs>, after: Partial<JobArgs>]> = {
  triggers: [
    { triggers: [{ etag: "one" }, "fixed"] },
    { triggers: [{ etag: "two" }, "fixed", { day: "monday" }] },
  ],
  tags: [{}, { assetConfiguration: { tags } }],
  inPlace: [{}, { timeouts: { run: "1h" }, onDelete: "deleteAssets" }],
  forced: [{}, {}],
  tainted: [{}, {}],
};

const imports = (at: Place, key: Input<string>, rest: Partial<JobArgs> = {}): JobArgs =>
  ({
    type: "IMPORT_ASSETS_FROM_S3",
    details: { importAssetsFromS3: { ...at, assetSources: [{ bucket: "source", key }] } },
    ...rest,
  }) as JobArgs;

const exportsRevision = ({ dataSetId, revisionId }: Place, rest: Partial<JobArgs> = {}): JobArgs =>
  ({
    type: "EXPORT_REVISIONS_TO_S3",
    details: {
      exportRevisionsToS3: {
        dataSetId,
        revisionDestinations: [{ revisionId, bucket: "target", keyPattern: "all/${Asset.Name}" }],
      },
    },
    ...rest,
  }) as JobArgs;

/** Creates a revision for each change. `places` gets them by name. */
export async function prepareChanges(
  service: TestService,
  places: Record<string, Place>,
): Promise<Record<string, Change>> {
  const at = (name: string): Place => places[name]!;
  const place = async (name: string) => (places[name] = await service.createEmptyRevision());
  const all: Record<string, Change> = {};
  for (const [name, [before, after, rest]] of Object.entries(sources)) {
    const here = await place(name);
    all[name] = { before: importArgs(here, before, rest), after: importArgs(here, after, rest) };
  }
  for (const [name, [before, after]] of Object.entries(settings)) {
    const here = await place(name);
    all[name] = { before: importArgs(here, ["a.csv"], before), after: importArgs(here, ["a.csv"], after) };
  }
  all.late = {
    before: importArgs(await place("late"), ["a.csv", "b.csv"]),
    after: importArgs(at("late"), ["b.csv"], { onDelete: "deleteAssets" }),
  };
  all.secret = {
    before: imports(await place("secret"), secret("planted-1.csv"), { triggers: [secret("planted")] }),
    after: imports(at("secret"), secret("planted-2.csv"), { triggers: [secret("planted")] }),
  };
  const hidden = (key: string) =>
    ({ ...imports(at("hidden"), key), details: secret(imports(at("hidden"), key).details) }) as JobArgs;
  await place("hidden");
  all.hidden = { before: hidden("a.csv"), after: hidden("b.csv") };
  all.renamed = { before: importArgs(await place("renamed"), ["a.csv", "b.csv"]) };
  all.renamedLater = { after: importArgs(at("renamed"), ["a.csv", "b.csv"]) };
  all.gone = { before: importArgs(await place("gone"), ["a.csv"]) };
  all.goneWithAssets = {
    before: importArgs(await place("goneWithAssets"), ["a.csv"], { onDelete: "deleteAssets" }),
  };
  await place("exported");
  all.revisions = {
    before: exportsRevision(at("exported"), { triggers: monday }),
    after: exportsRevision(at("exported"), { triggers: tuesday }),
  };
  for (const name of ["first", "aliased", "moved", "open"]) await place(name);
  await place("finalized");
  return all;
}

/** The program before or after the changes. */
export const programOf =
  (all: Record<string, Change>, places: Record<string, Place>, when: keyof Change): PulumiFn =>
  () => {
    const at = (name: string): Place => places[name]!;
    for (const [name, change] of Object.entries(all)) if (change[when]) new Job(name, change[when]);
    const triggers = when === "before" ? monday : tuesday;
    const first = new Job("first", importArgs(at("first"), ["a.csv"], { triggers }));
    new Job(
      "second",
      imports(
        at("first"),
        first.id.apply(() => "b.csv"),
      ),
    );
    new Job("open", {
      type: "IMPORT_ASSETS_FROM_S3",
      details: first.id.apply(() => imports(at("open"), "a.csv").details),
    } as JobArgs);
    const isLater = when === "after";
    new Job(isLater ? "aliasedLater" : "aliased", importArgs(at("aliased"), ["a.csv"]), {
      aliases: [{ name: "aliased" }],
    });
    const feed = isLater ? new ComponentResource("market:index:Feed", "europe") : undefined;
    new Job("moved", importArgs(at("moved"), ["a.csv"]), {
      parent: feed,
      aliases: [{ parent: rootStackResource }],
    });
    const last = new Job("last", importArgs(at("finalized"), [when === "before" ? "a.csv" : "b.csv"]));
    new RevisionFinalization("published", { ...at("finalized"), jobs: [last.id] });
    return Promise.resolve();
  };

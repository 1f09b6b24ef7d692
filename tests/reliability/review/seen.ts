/** What there is: the jobs in state, and the assets in each revision. */
import { ListRevisionAssetsCommand } from "@aws-sdk/client-dataexchange";

import { jobsInState } from "../../../provider/core/job-set/state";
import type { JobOutputs } from "../../../provider/core/state";
import { readOutputs } from "../../../provider/core/state";
import type { TestStack } from "../../harness/stack";
import type { TestService } from "../../harness/service";
import type { Place, Places } from "./program";

export interface Asset {
  readonly id: string;
  readonly name: string;
}

export interface Seen {
  /** Ids of the jobs in state by the name of their resource; those that wait for their deletion are not among them. */
  readonly jobs: ReadonlyMap<string, string>;
  /** Ids of all jobs that the service ever started. */
  readonly started: ReadonlySet<string>;
  /** By the id of their revision. */
  readonly assets: ReadonlyMap<string, readonly Asset[]>;
  /**
   * Names of assets that something in state made, by the id of their revision. What is left of a resource that is no longer
   * in state is not among them: no preview can know of it.
   */
  readonly owned: ReadonlyMap<string, ReadonlySet<string>>;
}

export async function look(service: TestService, stack: TestStack, { files, shares }: Places): Promise<Seen> {
  const all = [...(await jobsOf(stack)), ...(await jobsOfSets(stack))];
  const assets = new Map<string, readonly Asset[]>();
  const owned = new Map<string, ReadonlySet<string>>();
  for (const place of [...files, ...shares]) {
    const { revisionId } = place;
    const listed = await assetsIn(service, place);
    assets.set(revisionId, listed);
    const makers = all.filter(({ outputs }) => JSON.stringify(outputs.details).includes(revisionId));
    owned.set(
      revisionId,
      new Set(listed.map(({ name }) => name).filter((name) => makers.some((job) => hasMade(job, name)))),
    );
  }
  return {
    jobs: new Map(all.flatMap(({ name, id, isCurrent }) => (isCurrent ? [[name, id]] : []))),
    started: new Set(
      service.local
        .jobs()
        .flatMap(({ id, state }) => (state === "WAITING" || state === "CANCELLED" ? [] : [id])),
    ),
    assets,
    owned,
  };
}

interface KeptJob {
  readonly name: string;
  readonly id: string;
  readonly outputs: JobOutputs;
  /** It does not wait for its deletion. */
  readonly isCurrent: boolean;
}

const isCurrent = (resource: object): boolean => (resource as { delete?: boolean }).delete !== true;
const nameOf = (urn: string): string => urn.split("::").at(-1)!;

const jobsOf = async (stack: TestStack): Promise<KeptJob[]> =>
  (await stack.jobs()).map((job) => ({
    name: nameOf(job.urn),
    id: job.id,
    outputs: readOutputs(job.outputs as unknown as Record<string, unknown>),
    isCurrent: isCurrent(job),
  }));

const jobsOfSets = async (stack: TestStack): Promise<KeptJob[]> =>
  (await stack.resources(":JobSet")).flatMap((set) =>
    [...jobsInState(set.outputs)].flatMap(([job, { former = [], ...own }]) => [
      { name: `${nameOf(set.urn)}[${job}]`, ...own, isCurrent: isCurrent(set) },
      ...former.map((each) => ({ name: "", ...each, isCurrent: false })),
    ]),
  );

/** By its list of assets or, where it has none that is whole, by its details. */
function hasMade({ outputs }: KeptJob, name: string): boolean {
  const isOpen = outputs.__pending === true || outputs.__incomplete === true;
  return isOpen
    ? JSON.stringify(outputs.details).includes(name)
    : outputs.assets.some((asset) => asset.name === name);
}

async function assetsIn(service: TestService, { dataSetId, revisionId }: Place): Promise<Asset[]> {
  const found: Asset[] = [];
  let token: string | undefined;
  do {
    const { Assets = [], NextToken } = await service.dataExchange.send(
      new ListRevisionAssetsCommand({ DataSetId: dataSetId, RevisionId: revisionId, NextToken: token }),
    );
    found.push(...Assets.map(({ Id, Name }) => ({ id: Id!, name: Name! })));
    token = NextToken;
  } while (token !== undefined);
  return found;
}

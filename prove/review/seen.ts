/** What there is: the jobs in state, and the assets in each revision. */
import { ListRevisionAssetsCommand } from "@aws-sdk/client-dataexchange";

import type { StateResource, TestStack } from "../../tests/support/stack";
import type { World } from "../../tests/support/world";
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

export async function look(world: World, stack: TestStack, { files, shares }: Places): Promise<Seen> {
  const all = await stack.jobs();
  const current = all.filter((job) => (job as { delete?: boolean }).delete !== true);
  const assets = new Map<string, readonly Asset[]>();
  const owned = new Map<string, ReadonlySet<string>>();
  for (const place of [...files, ...shares]) {
    const { revisionId } = place;
    const listed = await assetsIn(world, place);
    assets.set(revisionId, listed);
    const makers = all.filter(({ outputs }) => JSON.stringify(outputs.details).includes(revisionId));
    owned.set(
      revisionId,
      new Set(listed.map(({ name }) => name).filter((name) => makers.some((job) => hasMade(job, name)))),
    );
  }
  return {
    jobs: new Map(current.map(({ urn, id }) => [urn.split("::").at(-1)!, id])),
    started: new Set(
      world.local
        .jobs()
        .flatMap(({ id, state }) => (state === "WAITING" || state === "CANCELLED" ? [] : [id])),
    ),
    assets,
    owned,
  };
}

/** By its list of assets or, where it has none that is whole, by its details. */
function hasMade({ outputs }: StateResource, name: string): boolean {
  const isOpen = outputs.__pending === true || outputs.__incomplete === true;
  return isOpen
    ? JSON.stringify(outputs.details).includes(name)
    : outputs.assets.some((asset) => asset.name === name);
}

async function assetsIn(world: World, { dataSetId, revisionId }: Place): Promise<Asset[]> {
  const found: Asset[] = [];
  let token: string | undefined;
  do {
    const { Assets = [], NextToken } = await world.service.send(
      new ListRevisionAssetsCommand({ DataSetId: dataSetId, RevisionId: revisionId, NextToken: token }),
    );
    found.push(...Assets.map(({ Id, Name }) => ({ id: Id!, name: Name! })));
    token = NextToken;
  } while (token !== undefined);
  return found;
}

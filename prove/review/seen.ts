/** What there is: the jobs in state, and the assets in each revision. */
import type { TestStack } from "../../tests/support/stack";
import type { World } from "../../tests/support/world";
import { ListRevisionAssetsCommand } from "@aws-sdk/client-dataexchange";
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
}

export async function look(world: World, stack: TestStack, { files, shares }: Places): Promise<Seen> {
  const current = (await stack.jobs()).filter((job) => (job as { delete?: boolean }).delete !== true);
  const assets = new Map<string, readonly Asset[]>();
  for (const place of [...files, ...shares]) assets.set(place.revisionId, await assetsIn(world, place));
  return {
    jobs: new Map(current.map(({ urn, id }) => [urn.split("::").at(-1)!, id])),
    started: new Set(
      world.local
        .jobs()
        .flatMap(({ id, state }) => (state === "WAITING" || state === "CANCELLED" ? [] : [id])),
    ),
    assets,
  };
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

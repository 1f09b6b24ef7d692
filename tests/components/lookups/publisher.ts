import { TestService, useProgramEnvironment } from "../../harness/service";
import type { RevisionIds } from "../../harness/service";

/** A service with the objects a.csv, b/2.csv and c.txt in the bucket "source", and the environment of programs for it. */
export function usePublisher() {
  const shared = {} as { service: TestService };
  before(async () => {
    shared.service = await TestService.start();
    await shared.service.createBucket("source", { "a.csv": "1", "b/2.csv": "2", "c.txt": "3" });
  });
  after(() => shared.service?.stop());
  useProgramEnvironment(shared);

  /** Creates a finalized revision with an asset for each key. */
  async function publish(dataSetId: string, ...keys: string[]): Promise<RevisionIds> {
    const { service } = shared;
    const ids = { dataSetId, revisionId: await service.createRevision(dataSetId) };
    for (const key of keys) await service.importAsset(ids, "source", key);
    await service.finalizeRevision(ids);
    return ids;
  }
  return { shared, publish };
}

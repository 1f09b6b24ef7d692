/** Ten thousand assets: what is added to the time that the service's quota of concurrent jobs takes by itself. */
import { Job } from "../../index";
import type { Figure } from "../figure";
import { atMost } from "../figure";
import { timed } from "../statistics";
import type { Place } from "../support/service";
import { Service } from "../support/service";
import { parallel, withStack } from "../support/stack";
import { seconds } from "../words";

const bucket = "many";
/** The service's own: assets of a job, and jobs of the type at once. */
const assetsPerJob = 100;
const quota = 10;

export interface ManyAssets {
  readonly assets: number;
  /** Milliseconds that a job lasts. */
  readonly lasting: number;
}

export const manyAssets = ({ assets, lasting }: ManyAssets): Figure => {
  const jobCount = Math.ceil(assets / assetsPerJob);
  const ideal = Math.ceil(jobCount / quota) * lasting;
  return {
    name: "assets",
    what: `\`up\` of ${assets.toLocaleString("en")} assets in ${jobCount} jobs of ${lasting / 1_000} s, ${quota} at once`,
    against: "what the quota alone takes, computed",
    measure: (say) =>
      Service.lend(["--job-duration", String(lasting)], async (service) => {
        say("putting the objects into a bucket");
        const keys = Array.from({ length: assets }, (_, index) => `daily/${index}.csv`);
        await service.bucket(bucket, keys);
        const program = imports(keys, await service.place());
        await service.forgetCalls();
        say(`importing ${assets} objects, at least ${ideal / 1_000} s`);
        const time = await withStack({ program, env: service.env }, (stack) =>
          timed(() => stack.up({ parallel: Math.max(parallel, jobCount) })),
        );
        const calls = await service.calls();
        const total = Object.values(calls).reduce((sum, count) => sum + count, 0);
        const ratio = time / ideal;
        const values = { of: "", ours: seconds(time), theirs: seconds(ideal), ratio };
        return [{ ...values, ...atMost(1.05, ratio), details: { "API calls": total, ...calls } }];
      }),
  };
};

const imports = (keys: readonly string[], place: Place) => () => {
  for (let from = 0; from < keys.length; from += assetsPerJob) {
    const assetSources = keys.slice(from, from + assetsPerJob).map((key) => ({ bucket, key }));
    const details = { importAssetsFromS3: { ...place, assetSources } };
    new Job(`daily-${from / assetsPerJob}`, { type: "IMPORT_ASSETS_FROM_S3", details });
  }
  return Promise.resolve();
};

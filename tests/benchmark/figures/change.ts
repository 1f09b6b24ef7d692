/** A revision that is filled in place, and one object in it that changes: what is done again because of it. */
import { PutObjectCommand } from "@aws-sdk/client-s3";

import { Ours } from "../contest/ours";
import type { Figure, Reading } from "../benchmark";
import { within } from "../benchmark";
import { assetCount } from "../support/content";
import { Service } from "../support/service";
import { count, secondsOf } from "../format";

const bucket = "source";
/** What a job holds at most, and so the most that one job more can replace. */
const perJob = 100;

export const change = (objects: number): Figure => ({
  name: "change",
  what: `one object of ${count(objects)} changes, in a revision that is filled in place`,
  against: "",
  measure: (say) =>
    Service.lend(["--job-duration", "1s"], async (service) => {
      say("putting the objects into a bucket");
      const keys = Array.from({ length: objects }, (_, index) => `daily/${index}.csv`);
      await service.bucket(bucket, keys);
      const place = await service.place();
      const whole = async () => {
        const found = await assetCount(service, place);
        if (found !== objects) throw new Error(`There are ${found} assets, and not ${objects}.`);
      };
      const args = [place.dataSetId, place.revisionId, bucket, "daily/"];
      return Ours.lend(service, "fill", args, async (ours) => {
        say("importing all");
        await ours.run("up");
        await whole();
        say("importing the one that has changed");
        await service.s3.send(new PutObjectCommand({ Bucket: bucket, Key: keys[0], Body: "another" }));
        const { operations, calls, seconds } = await ours.run("up");
        await whole();
        const { CreateJob = 0, DeleteAsset = 0 } = operations;
        const readings: Reading[] = [
          { ...within("jobs made", CreateJob, 1, count), details: operations },
          within("assets deleted, and imported again", DeleteAsset, perJob, count),
          { of: "API calls", ours: count(calls), against: "" },
          { of: "time", ours: secondsOf(seconds), against: "" },
        ];
        return readings;
      });
    }),
});

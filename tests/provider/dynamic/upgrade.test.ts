import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { AssetInState } from "../../../service-model/job";
import { jobAssets } from "../../../service-model/job";
import { jobTypes } from "../../../service-model/job-types";
import {
  finalizationCode,
  finalizationToken,
  jobToken,
  providerCode,
} from "../../../provider/resources/state-contract";
import { FinalizationProvider } from "../../../provider/dynamic/providers";
import { JobProvider } from "../../../provider/dynamic/providers";

interface Resource {
  type: string;
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

const folder = join(process.cwd(), "tests", "fixtures", "states");

// States as released versions wrote them. A new version adds a file and changes none.
for (const file of readdirSync(folder)) {
  const resources = JSON.parse(readFileSync(join(folder, file), "utf8")) as Resource[];
  const jobs = resources.filter(({ type }) => type === jobToken);

  describe(`the state in ${file}`, () => {
    if (jobs.length > 0) {
      it("has jobs of known types only", () =>
        expect(jobTypes.map(({ type }) => type)).to.include.members(jobs.map(({ inputs }) => inputs.type)));
    }

    for (const { type, id, inputs, outputs } of resources) {
      const isJob = type === jobToken;
      const name = isJob ? String(inputs.type) : "a finalization";
      const diff = (news: object) =>
        (isJob ? new JobProvider() : new FinalizationProvider()).diff(id, outputs, { ...inputs, ...news });

      it(`has the present token and provider code: ${name}`, () => {
        expect([jobToken, finalizationToken]).to.include(type);
        const code = isJob ? providerCode : finalizationCode;
        expect([inputs.__provider, outputs.__provider]).to.deep.equal([code, code]);
      });

      it(`is unchanged by its own inputs, and replaced by other ones: ${name}`, async () => {
        expect(await diff({})).to.deep.equal({ changes: false, replaces: [] });
        const other = isJob ? "triggers" : "revisionId";
        expect((await diff({ [other]: ["other"] })).replaces).to.deep.equal([other]);
      });

      if (!isJob) continue;
      it(`is updated in place with all outputs: ${name}`, async () => {
        const news = { ...inputs, onDelete: "deleteAssets" };
        expect(await diff(news)).to.deep.equal({ changes: true, replaces: [] });
        const { outs } = await new JobProvider().update(id, outputs, news);
        const { assets: before, ...others } = outputs;
        expect(outs).to.deep.include({ ...others, onDelete: "deleteAssets" });
        const job = { type: name, details: outputs.details, arn: String(outputs.arn) };
        expect(jobAssets(job, outs!.assets as AssetInState[])).to.deep.equal(before);
      });
    }
  });
}

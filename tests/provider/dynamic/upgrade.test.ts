import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";

import type { AssetInState } from "../../../service-model/job";
import { jobAssets } from "../../../service-model/job";

import {
  finalizationCode,
  finalizationToken,
  jobToken,
  providerCode,
} from "../../../provider/state-contract";
import { FinalizationProvider } from "../../../provider/dynamic/finalization-provider";
import { JobProvider } from "../../../provider/dynamic/job-provider";

interface Resource {
  type: string;
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

const folder = join(process.cwd(), "tests", "fixtures", "states");

const written = readdirSync(folder).map((file) => ({
  file,
  all: JSON.parse(readFileSync(join(folder, file), "utf8")) as Resource[],
}));

/** States as a released version wrote them, one job of each type; a new version adds a file and changes none. */
for (const { file, all } of written) {
  const resources = all.filter(({ type }) => type === jobToken);
  if (resources.length === 0) continue;

  describe(`a state that version ${file.replace(".json", "")} wrote`, () => {
    it("holds every type of job", () => {
      expect(new Set(resources.map(({ inputs }) => inputs.type)).size).to.equal(9);
    });

    for (const { type, id, inputs, outputs } of resources) {
      describe(String(inputs.type), () => {
        it("has today's token and code", () => {
          expect(type).to.equal(jobToken);
          expect([inputs.__provider, outputs.__provider]).to.deep.equal([providerCode, providerCode]);
        });

        it("is no change with the inputs that it was made from", async () => {
          expect(await new JobProvider().diff(id, outputs, inputs)).to.deep.equal({
            changes: false,
            replaces: [],
          });
        });

        it("is updated in place, with all its outputs", async () => {
          const news = { ...inputs, onDelete: "deleteAssets" };
          const provider = new JobProvider();
          expect(await provider.diff(id, outputs, news)).to.deep.equal({ changes: true, replaces: [] });
          const { outs } = await provider.update(id, outputs, news);
          const { assets: before, ...others } = outputs;
          expect(outs).to.deep.include({ ...others, onDelete: "deleteAssets" });
          const job = { type: String(outputs.type), details: outputs.details, arn: String(outputs.arn) };
          expect(jobAssets(job, outs!.assets as AssetInState[])).to.deep.equal(before);
        });

        it("is replaced when a trigger changes", async () => {
          const news = { ...inputs, triggers: ["again"] };
          expect((await new JobProvider().diff(id, outputs, news)).replaces).to.deep.equal(["triggers"]);
        });
      });
    }
  });
}

/** The finalizations of revisions, which came later. */
for (const { file, all } of written) {
  for (const { type, id, inputs, outputs } of all.filter((resource) => resource.type !== jobToken)) {
    describe(`a finalization that version ${file.replace(/-.*|\.json/, "")} wrote`, () => {
      it("has today's token and code", () => {
        expect(type).to.equal(finalizationToken);
        expect([inputs.__provider, outputs.__provider]).to.deep.equal([finalizationCode, finalizationCode]);
      });

      it("is no change with the inputs that it was made from", async () => {
        expect(await new FinalizationProvider().diff(id, outputs, inputs)).to.deep.equal({
          changes: false,
          replaces: [],
        });
      });

      it("is replaced with its revision", async () => {
        const news = { ...inputs, revisionId: "another" };
        expect((await new FinalizationProvider().diff(id, outputs, news)).replaces).to.deep.equal([
          "revisionId",
        ]);
      });
    });
  }
}

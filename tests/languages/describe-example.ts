/** The example project of a language. The commands of docs/first-job.md run those of Python and YAML. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { pluginSettings } from "../harness/plugin-settings";
import { commandsUnder } from "../harness/readme";
import { TestService } from "../harness/service";
import type { Settings } from "../harness/stack";
import { expectSuccess, TestStack, valuesOf } from "../harness/stack";
import { describeLanguage } from "./describe-language";
import type { Language, Runtime } from "./life";

export function describeExample(folder: string, language: Language): void {
  let runtime: Runtime;
  const start = async () => void (runtime = await language.prepare());

  describeLanguage("the example", language, start, () => {
    after(() => runtime?.stop?.());

    it("imports the objects by the commands of its README", async () => {
      const { operate } = runtime;
      const settings = { ...runtime.settings, main: undefined, ...pluginSettings } as Settings;
      await using service = await TestService.start();
      await using stack = await TestStack.create({ settings, env: service.env, operate });
      await service.createBucket("my-prices", { "2026/prices.csv": "1", "2026/volumes.csv": "2" });
      const ids = await service.createEmptyRevision();
      const readme = await readFile(join(folder, "README.md"), "utf8");
      const configIn = (heading: string) => {
        const set = commandsUnder(heading, readme).flatMap((line) => {
          const [, key, value] = /^pulumi config set (\w+) (\S+)$/.exec(line) ?? [];
          return key === undefined ? [] : [[key, value!]];
        });
        return Object.fromEntries(set) as Record<string, string>;
      };

      await stack.configure({ ...configIn("Run it"), dataSetName: "prices", revisionId: ids.revisionId });
      const outputs = { state: "COMPLETED", asset: "2026/prices.csv" };
      expect(valuesOf(expectSuccess(await stack.up()))).to.deep.equal(outputs);
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 2 });

      await stack.configure(configIn("Change something"));
      expect(expectSuccess(await stack.up()).changes).to.deep.equal({ same: 1, replace: 1 });
      expect(await service.listAssetNames(ids)).to.deep.equal(["2026/volumes.csv"]);
      expectSuccess(await stack.destroy());
      expect(await service.listAssetNames(ids)).to.deep.equal([]);
    });
  });
}

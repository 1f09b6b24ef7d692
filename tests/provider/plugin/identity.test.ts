import { expect } from "chai";

import { ProviderHost } from "../../../provider/dynamic/host";
import { Engine } from "../../../provider/engine/engine-client";
import { PluginHost } from "../../../provider/plugin/run";
import {
  finalizationToken,
  jobSetToken,
  jobToken,
  pluginToken,
} from "../../../provider/resources/state-contract";

describe("the record of a resource", () => {
  for (const token of [jobToken, jobSetToken, finalizationToken]) {
    for (const parents of ["", "dataexchange:index:S3Import$"]) {
      it(`has the same key in both providers for ${parents}${token}`, async () => {
        const keys = await Promise.all([
          new ProviderHost(new Engine(undefined)).findResourceKey({ region: "eu-west-1" }, urn(token)),
          new PluginHost(new Engine(undefined)).findResourceKey(
            { region: "eu-west-1" },
            urn(pluginToken(token)),
          ),
        ]);
        expect(keys[0]).to.be.a("string").and.equal(keys[1]);
      });

      const urn = (type: string) => `urn:pulumi:prod::market::${parents}${type}::prices`;
    }
  }

  it("differs for another resource", async () => {
    const host = new PluginHost(new Engine(undefined));
    const keyOf = (name: string) =>
      host.findResourceKey(
        { region: "eu-west-1" },
        `urn:pulumi:prod::market::${pluginToken(jobToken)}::${name}`,
      );
    expect(await keyOf("a")).to.not.equal(await keyOf("b"));
  });
});

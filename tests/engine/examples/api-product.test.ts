import { GetAssetCommand, ListRevisionAssetsCommand } from "@aws-sdk/client-dataexchange";
import { expect } from "chai";

import { listStoredResources } from "../../fake-aws-plugin/stored-resource";
import type { Example } from "../../harness/example";
import type { Place } from "./contents";
import { digests } from "./contents";
import type { Values } from "./life";
import { lives } from "./life";

/** The document that subscribers of a revision get. */
async function documentIn({ service: { dataExchange } }: Example, outputs: Values): Promise<string> {
  const { dataSetId: DataSetId, revisionId: RevisionId } = outputs as unknown as Place;
  const { Assets = [] } = await dataExchange.send(new ListRevisionAssetsCommand({ DataSetId, RevisionId }));
  expect(Assets.map(({ Name }) => Name)).to.deep.equal(["quotes"]);
  const asset = { DataSetId, RevisionId, AssetId: Assets[0]!.Id };
  const { AssetDetails } = await dataExchange.send(new GetAssetCommand(asset));
  return (await fetch(AssetDetails!.ApiGatewayApiAsset!.ApiSpecificationDownloadUrl!)).text();
}

const expectDocument = async (example: Example, outputs: Values) =>
  expect(digests({ document: await documentIn(example, outputs) })).to.deep.equal(
    digests({ document: await example.read("openapi.json") }),
  );

lives({
  name: "api-product",
  // The stack, an API with a deployment and a stage, a data set; the publication with its revision, asset, job and
  // finalization.
  previewed: { create: 10 },
  later: ["contents.quotes: ", "The OpenAPI document is not known yet"],
  async verify(outputs, example) {
    await expectDocument(example, outputs);
    const api = (await listStoredResources(example.service)).find(({ type }) => type.endsWith(":RestApi"))!;
    expect(api.properties.policy).to.contain('"aws:SourceAccount":"000000000000"');
  },
  // What the stage will export is not known, and neither is whether it makes a new revision: it is shown as if it did.
  previewedChange: { update: 2, replace: 4, same: 4 },
  changed: { update: 2, replace: 4, same: 4 },
  async verifyChange(outputs, first, example) {
    await expectDocument(example, outputs);
    expect(await documentIn(example, outputs)).to.contain('"version": "1.1"');
    expect(await documentIn(example, first)).to.contain('"version": "1.0"');
  },
});

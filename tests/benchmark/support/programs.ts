/** Programs of many resources of one kind: jobs, and what they are held against. */
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import { Job } from "../../../index";
import type { Place } from "./service";
import { instantType } from "./service";

/** The least that a dynamic provider can be. */
const emptyProvider: pulumi.dynamic.ResourceProvider = {
  create: () => Promise.resolve({ id: "empty" }),
};

/** Its code as the SDK puts it into state. */
export async function emptyProviderCode(): Promise<string> {
  const { text } = await pulumi.runtime.serializeFunction(() => emptyProvider);
  return text;
}

/** Answers what a job of one datashare would, without having asked anybody. */
const answeringProvider: pulumi.dynamic.ResourceProvider = {
  create: (inputs: { details: unknown }) => {
    const id = "0".repeat(32);
    const arn = `arn:aws:dataexchange:us-east-1:000000000000:jobs/${id}`;
    const assets = [{ id, name: "share" }];
    const [createdAt, updatedAt] = ["2026-01-05T12:00:00.000Z", "2026-01-05T12:00:00.000Z"];
    const outputs = { arn, state: "COMPLETED", createdAt, updatedAt, errors: [], assets, __schema: 1 };
    return Promise.resolve({ id, outs: { ...inputs, ...outputs } });
  },
};

class Answered extends pulumi.dynamic.Resource {
  constructor(name: string, props: object) {
    const outputs = ["arn", "state", "createdAt", "updatedAt", "errors", "assets"];
    const declared = Object.fromEntries(outputs.map((output) => [output, undefined]));
    super(answeringProvider, name, { ...declared, ...props });
  }
}

/** Resources that have the inputs and outputs of the jobs below, and do nothing: what these cost Pulumi itself. */
export const asLargeWords = "dynamic resources with the jobs' inputs and outputs";
export const asLarge =
  (count: number): PulumiFn =>
  () => {
    const place = { dataSetId: "a".repeat(32), revisionId: "b".repeat(32) };
    for (let index = 0; index < count; index++) {
      const name = `resource-${index}`;
      new Answered(name, { ...datashareImport(index, place), region: "us-east-1", __urn: name });
    }
    return Promise.resolve();
  };

/** An import of one datashare: a job that makes an asset, and for which the local service has nothing to move. */
export const datashareImport = (index: number, place: Place) => {
  const dataShareArn = `arn:aws:redshift:us-east-1:123456789012:datashare:f1e2d3c4-0000-1111-2222-333344445555/share-${index}`;
  return {
    type: instantType,
    details: { importAssetsFromRedshiftDataShares: { ...place, assetSources: [{ dataShareArn }] } },
  };
};

export const jobs =
  (count: number, place: Place): PulumiFn =>
  () => {
    for (let index = 0; index < count; index++) new Job(`job-${index}`, datashareImport(index, place));
    return Promise.resolve();
  };

/** Programs of many resources of one kind: jobs, and what they are held against. */
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";

import { Job } from "../../index";
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

class Empty extends pulumi.dynamic.Resource {
  constructor(name: string) {
    super(emptyProvider, name, {});
  }
}

export const emptyResources =
  (count: number): PulumiFn =>
  () => {
    for (let index = 0; index < count; index++) new Empty(`resource-${index}`);
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

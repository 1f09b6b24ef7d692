/** Who may use a Redshift datashare; there is no cluster behind it. */
import { kept } from "../stored-resource";
import type { Service } from "../resource-type";

/** For Data Exchange the consumer is `ADX`. */
const authorization = kept("aws:redshift/dataShareAuthorization:DataShareAuthorization", {
  inputs: { dataShareArn: "replace", consumerIdentifier: "replace", allowWrites: "replace" },
  computed: ["managedBy", "producerArn"],
  made(inputs) {
    const { dataShareArn, consumerIdentifier } = inputs as Record<string, string>;
    return {
      id: `${dataShareArn},${consumerIdentifier}`,
      outputs: {
        managedBy: consumerIdentifier === "ADX" ? "ADX" : "",
        producerArn: producerOf(dataShareArn!),
      },
    };
  },
});

const association = kept("aws:redshift/dataShareConsumerAssociation:DataShareConsumerAssociation", {
  inputs: {
    ...{ dataShareArn: "replace", consumerArn: "replace", consumerRegion: "replace" },
    ...{ associateEntireAccount: "replace", allowWrites: "replace" },
  },
  computed: ["managedBy", "producerArn"],
  made(inputs, { accountId }) {
    const { dataShareArn, consumerArn, consumerRegion } = inputs as Record<string, string>;
    return {
      id: [dataShareArn, consumerArn ?? consumerRegion ?? accountId].join(","),
      outputs: { managedBy: "ADX", producerArn: producerOf(dataShareArn!) },
    };
  },
});

export const redshift: Service = {
  resources: {
    "aws:redshift/dataShareAuthorization:DataShareAuthorization": authorization,
    "aws:redshift/dataShareConsumerAssociation:DataShareConsumerAssociation": association,
  },
};

/** A datashare's ARN names its producer's namespace: `…:datashare:<namespace>/<name>`. */
const producerOf = (dataShareArn: string): string =>
  dataShareArn.replace(/:datashare:([^/]+)\/.*$/, ":namespace:$1");

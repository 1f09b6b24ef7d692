import { invalidError } from "../errors";
import type { Worker } from "../worker";

interface Details {
  readonly assetSources: readonly { readonly dataShareArn: string }[];
}

const arnForm = /^arn:aws[a-z-]*:redshift:[a-z0-9-]+:\d{12}:datashare:[^/\s]+\/(\S+)$/;

/** There is no Redshift here, so the form of an ARN is all that can be wrong with it. */
export const importAssetsFromRedshiftDataShares: Worker<Details> = ({ details, state }) => {
  const shares = details.assetSources.map(({ dataShareArn }) => ({
    arn: dataShareArn,
    name: arnForm.exec(dataShareArn)?.[1],
  }));
  return Promise.resolve({
    assets: shares.flatMap(({ arn, name }) =>
      name === undefined
        ? []
        : [{ id: state.newId(), name, assetDetails: { redshiftDataShareAsset: { arn } } }],
    ),
    errors: shares
      .filter(({ name }) => name === undefined)
      .map(({ arn }) =>
        invalidError(`${arn} is not the ARN of a Redshift datashare.`, { resourceType: "ASSET" }),
      ),
  });
};

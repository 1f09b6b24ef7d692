/** The types of this package's resources. Their tokens in the dynamic provider differ from those in the plugin. */
import { finalizationToken, jobSetToken, jobToken, pluginToken } from "../provider/resources/state-contract";
import type { Urn } from "./preview-values";

const isOfType =
  (token: string) =>
  ({ type }: Urn): boolean =>
    type === token || type === pluginToken(token);

export const isJob = isOfType(jobToken);
export const isSet = isOfType(jobSetToken);
export const isFinalization = isOfType(finalizationToken);

/** Components have the same tokens with both providers. */
export const isComponent = (urn: Urn): boolean =>
  urn.type.startsWith("dataexchange:index:") && ![isJob, isSet, isFinalization].some((is) => is(urn));

/** The settings of a region, an account and a quota that several resources share. */
export const isProvider = ({ type }: Urn): boolean => type === "pulumi:providers:dataexchange";

/** The same for the URNs of one resource in both providers, because a stack may go over from one to the other. */
export const identityOf = ({ text }: Urn): string =>
  text.replaceAll("pulumi-nodejs:dynamic/dataexchange:", "dataexchange:index:");

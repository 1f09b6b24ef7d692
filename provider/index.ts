/** What the code in users' states loads in Pulumi's host process; see `pulumi/contract.ts`. */
import { FinalizationProvider } from "./pulumi/finalization-provider";
import { JobProvider } from "./pulumi/provider";

export const provider = new JobProvider();
export const finalization = new FinalizationProvider();

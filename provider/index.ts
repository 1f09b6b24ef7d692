/** What the code in users' states loads in Pulumi's host process; see `pulumi/contract.ts`. */
import { JobProvider } from "./pulumi/provider";

export const provider = new JobProvider();

/** What the code in users' states loads in Pulumi's host process; see `pulumi/contract.ts`. */
import { Engine } from "./pulumi/engine";
import { FinalizationProvider } from "./pulumi/finalization-provider";
import { Host } from "./pulumi/host";
import { JobSetProvider } from "./pulumi/job-set-provider";
import { JobProvider } from "./pulumi/provider";

// The host is given the address of its engine.
const engine = new Engine(process.argv[2]);
engine.endHostWithIt();
const host = new Host(engine);

export const provider = new JobProvider(host);
export const jobSet = new JobSetProvider(host);
export const finalization = new FinalizationProvider(host);

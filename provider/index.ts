/** Entry that the provider code in users' states loads in Pulumi's host process; see `dynamic/state-contract.ts`. */
import { Engine } from "./engine/engine-client";
import { ProviderHost } from "./dynamic/host";
import { FinalizationProvider, JobProvider, JobSetProvider } from "./dynamic/providers";

// The engine passes its address to the host.
const engine = new Engine(process.argv[2]);
engine.exitAfterEngine();
const host = new ProviderHost(engine);

export const provider = new JobProvider(host);
export const jobSet = new JobSetProvider(host);
export const finalization = new FinalizationProvider(host);

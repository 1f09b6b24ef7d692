import { getMonitor } from "@pulumi/pulumi/runtime/settings";

/** Whether `pulumi.runtime.setMocks` is in use. Such a unit test must reach nothing outside of the program. */
export const hasMocks = (): boolean => (getMonitor() as { mocks?: unknown } | undefined)?.mocks !== undefined;

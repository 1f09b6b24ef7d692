/** Hooks for suites on the real engine. */
import type { LocalDataExchangeOptions } from "../../emulator";
import { serveFakeAws } from "../fake-aws-plugin/main";
import { setEnvironment } from "./environment";
import { TestService } from "./service";
import type { Settings } from "./stack";
import { TestStack } from "./stack";

/**
 * The settings of a project whose engine attaches to the fake plugin in the test's process, because a process takes time to
 * start. Only for programs without an explicit provider of `@pulumi/aws`, which would share the plugin's settings.
 */
export const attachedAws: Settings = {};

/** Prepares the provider of a stack. The dynamic provider needs nothing. */
export type OpenProvider = (
  service: TestService,
  settings: Settings,
) => Promise<{ settings: Settings; env?: Readonly<Record<string, string>>; close?: () => void }>;

/** Names running plugins with their ports. */
const attached = "PULUMI_DEBUG_PROVIDERS";

/** Hooks that start a service and a stack before a suite and remove them afterwards. */
export function useStack(
  options: LocalDataExchangeOptions = {},
  settings: Settings = {},
  open?: OpenProvider,
): { readonly service: TestService; readonly stack: TestStack } {
  const shared = {} as { service: TestService; stack: TestStack };
  const close: (() => void)[] = [];
  before(async function () {
    // The first run may build the Pulumi CLI.
    this.timeout("15m");
    shared.service = await TestService.start(options);
    const provider = await open?.(shared.service, settings);
    if (provider?.close) close.push(provider.close);
    const env = { ...shared.service.env, ...provider?.env };
    if (settings === attachedAws) {
      const { port, stop } = await serveFakeAws();
      close.push(stop, setEnvironment(shared.service.env));
      env[attached] = [env[attached], `aws:${port}`].filter(Boolean).join();
    }
    shared.stack = await TestStack.create({ settings: provider?.settings ?? settings, env });
  });
  afterEach(function () {
    if (this.currentTest?.state !== "failed") return;
    const { lastRun } = shared.stack;
    const calls = shared.service.local.requests
      .slice(-30)
      .map(({ operation, status }) => `${operation} ${status}`);
    console.error([lastRun?.stdout, lastRun?.stderr, `Last calls: ${calls.join(", ")}`].join("\n"));
  });
  after(async () => {
    await shared.stack?.remove();
    for (const each of close.reverse()) each();
    await shared.service?.stop();
  });
  return shared;
}

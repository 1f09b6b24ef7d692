/** Runs a suite with the dynamic provider and with the plugin, from the same program. */
import { registerWithPlugin } from "../../provider/resources/registration";
import { attachPlugin } from "./attached-plugin";
import { setEnvironment } from "./environment";
import { withPlugin } from "./plugin-settings";
import type { DifferenceName, HostName } from "./host-differences";
import { hostNames } from "./host-differences";
import { hasSdkOfPlugin } from "./sdk-of-plugin";
import type { TestService } from "./service";
import { useStack } from "./use-stack";
import type { OpenProvider } from "./use-stack";

export interface TestHost {
  readonly name: HostName;
  /** `useStack` with this provider. */
  readonly useStack: typeof useStack;
  /** Key of the stack's config for a setting of `@pulumi/aws`, such as `region`. */
  readonly setting: (name: string) => string;
  /** What a test expects where the providers differ. */
  readonly differs: <T>(row: DifferenceName, values: Readonly<Record<HostName, T>>) => T;
  /** Declares tests of what only this provider does, because of the row. */
  readonly only: (host: HostName, row: DifferenceName, declare: () => void) => void;
}

type Suite = (this: Mocha.Suite, host: TestHost) => void;

/**
 * Declares the suite once for each provider. The engine attaches to the plugin, because a process takes time to start. With an
 * SDK that the plugin is not built with, the plugin is a process, because the SDK lacks messages of its protocol.
 */
export const forEachHost = (title: string, suite: Suite): void =>
  declareSuites(title, suite, hasSdkOfPlugin ? attach : startPlugin);

/**
 * `forEachHost` with the plugin as a process of the engine, for tests that end processes, or that change the environment or
 * the settings of the provider.
 */
export const forEachHostProcess = (title: string, suite: Suite): void =>
  declareSuites(title, suite, startPlugin);

function declareSuites(title: string, suite: Suite, openPlugin: OpenProvider): void {
  for (const name of hostNames) {
    describe(`${title} (${name})`, function () {
      before(() => setHost(name));
      after(() => setHost("dynamic"));
      suite.call(this, testHost(name, name === "plugin" ? openPlugin : undefined));
    });
  }
}

/** Resources that are declared from now on belong to this provider. */
export const setHost = (name: HostName): void =>
  registerWithPlugin(name === "plugin" ? { version: "0.0.0" } : undefined);

const testHost = (name: HostName, open: OpenProvider | undefined): TestHost => ({
  name,
  useStack: (service, settings) => useStack(service, settings, open),
  setting: (setting) => `${name === "plugin" ? "dataexchange" : "aws"}:${setting}`,
  differs: (_, values) => values[name],
  only: (host, _, declare) => (host === name ? declare() : undefined),
});

const startPlugin: OpenProvider = (_, settings) => Promise.resolve({ settings: withPlugin(settings) });

/** The plugin in this process reads the environment of this process. */
const attach: OpenProvider = async (service: TestService, settings) => {
  const restore = setEnvironment(service.env);
  const { env, stop } = await attachPlugin();
  const close = () => {
    stop();
    restore();
  };
  return { settings, env, close };
};

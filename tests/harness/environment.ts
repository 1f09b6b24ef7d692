/** The environment of this process and programs of this machine, which tests hide, set or find. */
import type { Missing, Program } from "../../scripts/find-aws-cli";

/** Removes the AWS settings from the environment for each test of a suite, and restores them after it. */
export function useAwsEnvironment(): Record<string, string> {
  let before: NodeJS.ProcessEnv;
  const clear = () => {
    for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name];
  };
  beforeEach(() => {
    before = { ...process.env };
    clear();
    // No test reads the settings of the machine.
    process.env.AWS_EC2_METADATA_DISABLED = "true";
    process.env.AWS_CONFIG_FILE = process.env.AWS_SHARED_CREDENTIALS_FILE = "/nowhere";
  });
  afterEach(() => {
    clear();
    Object.assign(process.env, before);
  });
  return process.env as Record<string, string>;
}

interface Setting {
  readonly env: Readonly<Record<string, string>>;
  readonly before: NodeJS.ProcessEnv;
}

const settings: Setting[] = [];

/** Sets variables of this process. Returns a function that restores those of before; several may be called in any order. */
export function setEnvironment(env: Readonly<Record<string, string>>): () => void {
  const setting: Setting = { env, before: { ...process.env } };
  settings.push(setting);
  Object.assign(process.env, env);
  return () => {
    const [, ...later] = settings.splice(settings.indexOf(setting));
    settings.push(...later);
    for (const name of Object.keys(env)) {
      const before = setting.before[name];
      const next = later.find((other) => name in other.env);
      if (next) next.before[name] = before;
      else if (before === undefined) delete process.env[name];
      else process.env[name] = before;
    }
  };
}

/** Finds or installs a program. If that fails, prints the reason and skips the tests. */
export async function findOrSkip(
  this: Mocha.Context,
  find: () => Promise<Program | Missing>,
): Promise<Program> {
  // The first call may install it.
  this.timeout(6 * 60_000);
  const found = await find();
  if (!("because" in found)) return found;
  console.error(found.because);
  return this.skip();
}

/** Environment of a Python with an AWS client: without this user's AWS settings, and with text in UTF-8. */
export function cleanEnvironment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    PYTHONIOENCODING: "utf-8",
    PYTHONUTF8: "1",
  };
}

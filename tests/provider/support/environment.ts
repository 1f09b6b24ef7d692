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

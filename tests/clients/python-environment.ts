/** The environment of a Python with a client of AWS: nothing of this machine's owner, and text in UTF-8 everywhere. */
export function cleanEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => !/^AWS_|_proxy$/i.test(name));
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PAGER: "",
    PYTHONIOENCODING: "utf-8",
    PYTHONUTF8: "1",
  };
}

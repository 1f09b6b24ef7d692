import { credentials, region, type World } from "./world";

/** What the environment says to a program that runs in this process and asks AWS itself, as one does that lists a bucket. */
export function useProgramEnvironment(shared: { readonly world: World }): void {
  const outside: NodeJS.ProcessEnv = {};
  before(() => {
    const inside = {
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL: shared.world.local.endpoint,
    };
    for (const [name, value] of Object.entries(inside)) {
      outside[name] = process.env[name];
      process.env[name] = value;
    }
  });
  after(() => {
    for (const [name, value] of Object.entries(outside)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

/** `node dist/scripts/pulumi-cli/main.js`: makes sure that there is a Pulumi CLI, and prints its path. */
import { ensurePulumi } from "./ensure";

ensurePulumi().then(
  (cli) => console.log(cli.path),
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);

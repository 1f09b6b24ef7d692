/** What `npm run build` does after the compiler. */
import { buildPlugin } from "./plugin";
import { removeStaleFiles } from "./stale-files";

removeStaleFiles();
void buildPlugin();

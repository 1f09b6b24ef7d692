import { join } from "node:path";

import type { Settings } from "./stack";

/** Project settings that make the engine start the launcher of this package. */
export const withPlugin = (settings: Settings): Settings => ({
  ...settings,
  plugins: {
    providers: [
      ...(settings.plugins?.providers ?? []),
      { name: "dataexchange", path: join(process.cwd(), "plugin") },
    ],
  },
});

export const pluginSettings = withPlugin({});

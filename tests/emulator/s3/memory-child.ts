/** Serves S3 in a process of its own, and tells over IPC how much memory that has taken at most since it began to watch. */
import { ServedS3 } from "./support";

async function main(): Promise<void> {
  const server = await ServedS3.start();
  let idle = 0;
  let peak = 0;
  setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
  process.on("message", (said) => {
    if (said === "watch") {
      global.gc!();
      idle = peak = process.memoryUsage.rss();
      process.send!({});
    } else if (said === "stop") {
      const grown = peak - idle;
      void server.stop().then(() => process.send!({ grown }, () => process.exit()));
    }
  });
  process.send!({ endpoint: server.endpoint });
}

void main();

import { Clock } from "./control/clock";
import type { Fault, FaultRule } from "./control/faults";
import { Faults } from "./control/faults";
import type { JobView } from "./control/job-view";
import { viewOf } from "./control/job-view";
import type { RecordedRequest } from "./control/request-log";
import { RequestLog } from "./control/request-log";
import { JobRunner } from "./jobs/runner";
import type { LocalDataExchangeOptions, Settings } from "./options";
import { settingsOf } from "./options";
import type { S3Backend } from "./s3/backend";
import { externalS3 } from "./s3/backend";
import { embeddedS3 } from "./s3/embedded";
import { Objects } from "./s3/objects";
import { SignedUrls } from "./s3/signed-urls";
import { ControlPath } from "./server/control-path";
import { DataExchange } from "./server/data-exchange";
import { S3Proxy } from "./server/s3-proxy";
import { LocalServer } from "./server/server";
import { SignedBodies } from "./server/signed-bodies";
import { States } from "./state/region-state";

/** AWS Data Exchange and S3 at one local address. All that it knows is gone when it stops. */
export class LocalDataExchange {
  /** The service's time. Everything dated is dated by it. */
  readonly clock = new Clock();
  /** What is to go wrong. */
  readonly faults: { add(rule: FaultRule): Fault; all(): Fault[]; clear(): void };
  readonly #faults = new Faults();
  readonly #requests = new RequestLog();
  readonly #states = new States();
  readonly #stopping = new AbortController();
  readonly #objects: Objects;
  readonly #runner: JobRunner;
  readonly #s3: S3Proxy;
  readonly #server: LocalServer;
  #endpoint = "";
  #stopped?: Promise<void>;

  private constructor(
    settings: Settings,
    private readonly backend: S3Backend,
  ) {
    const { clock, endpoint } = { clock: this.clock, endpoint: () => this.#endpoint };
    const [faults, requests, states] = [this.#faults, this.#requests, this.#states];
    const { signal } = this.#stopping;
    const urls = new SignedUrls(clock, settings.signedUrlLifetime, endpoint);
    const objects = new Objects(backend.endpoint, settings.s3Credentials);
    const runner = new JobRunner({ clock, objects, urls, faults, durationOf: settings.durationOf });
    const s3 = new S3Proxy(backend.endpoint);
    this.faults = faults;
    this.#objects = objects;
    this.#runner = runner;
    this.#s3 = s3;
    this.#server = new LocalServer({
      dataExchange: new DataExchange({
        contextOf: ({ region }) => ({
          state: states.of({ account: settings.accountId, region }),
          clock,
          objects,
          urls,
          runner,
          quotaOf: settings.quotaOf,
        }),
        clock,
        faults,
        requests,
        signal,
      }),
      signedBodies: new SignedBodies({ states, objects, urls, clock, faults, requests, signal }),
      s3,
      control: new ControlPath({ clock, faults, requests, jobs: (region) => this.jobs({ region }) }),
      onRequest: settings.onRequest,
    });
  }

  /** Resolves when it serves. */
  static async start(options: LocalDataExchangeOptions = {}): Promise<LocalDataExchange> {
    const settings = settingsOf(options);
    const backend = settings.s3Endpoint === undefined ? await embeddedS3() : externalS3(settings.s3Endpoint);
    const local = new LocalDataExchange(settings, backend);
    try {
      await local.#objects.ensureServiceBucket();
      const port = await local.#server.listen(settings.port, settings.host);
      local.#endpoint = `http://${reachable(settings.host)}:${port}`;
      return local;
    } catch (error) {
      await local.stop();
      throw error;
    }
  }

  /** `http://127.0.0.1:PORT`, for clients of Data Exchange and of S3 alike. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** What was asked of the service, oldest first; the last 10,000 requests. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests.all();
  }

  forgetRequests(): void {
    this.#requests.clear();
  }

  /** All jobs of a region, or of every region, oldest first; also those that the service shows no more. */
  jobs({ region }: { readonly region?: string } = {}): JobView[] {
    const now = this.clock.now();
    return this.#states
      .all()
      .filter(({ place }) => region === undefined || place.region === region)
      .flatMap((state) => state.jobs.all().map((job) => viewOf(job, state, now)));
  }

  /** Keeps every job in progress until the answer is called; for tests of what happens meanwhile. */
  holdJobs(): () => void {
    return this.#runner.hold();
  }

  /** Ends running jobs, connections and the S3 server that came with it. A second call waits for the first. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#server.close(), this.#runner.stop()]);
    this.#s3.close();
    this.#objects.close();
    await this.backend.stop();
  }
}

/** An address that a server listening on `host` can be reached at from this machine. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

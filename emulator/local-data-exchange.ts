import { SeededRandom } from "./control/seeded-random";
import { Clock } from "./control/clock";
import type { Fault, FaultRule } from "./control/faults";
import { Faults } from "./control/faults";
import type { JobSnapshot } from "./jobs/job-snapshot";
import { snapshotOf } from "./jobs/job-snapshot";
import type { RecordedRequest } from "./control/request-log";
import { RequestLog } from "./control/request-log";
import type { ChangeableSettings } from "./control/settings";
import { Settings } from "./control/settings";
import { RateLimiter } from "./control/rate-limiter";
import { JobRunner } from "./jobs/job-runner";
import type { LocalDataExchangeOptions, ResolvedOptions } from "./options";
import { resolveOptions } from "./options";
import { Credentials, Sessions } from "./http/credentials";
import { inProcessS3 } from "./storage/in-process-s3";
import { ServiceStorage, serviceBucket } from "./storage/service-storage";
import { SignedUrls } from "./storage/signed-urls";
import type { S3Backend } from "./storage/service-storage";
import { BodyReader } from "./http/request-body";
import { AdminApi } from "./http/admin-api";
import { DataExchangeApi } from "./http/data-exchange-api";
import { Authenticator } from "./http/authenticate";
import { S3Requests } from "./http/s3-requests";
import { LocalServer } from "./http/server";
import { SignedUrlBodies } from "./http/signed-url-bodies";
import { StsApi } from "./http/sts";
import { RegionStates } from "./state/region-state";

/** AWS Data Exchange and S3 at one local address. All that it knows is gone when it stops. */
export class LocalDataExchange {
  /** The service's time. Everything dated is dated by it. */
  readonly clock = new Clock();
  /** What is to go wrong. */
  readonly faults: {
    /** Plants a fault, which strikes after those that are there. Throws a TypeError that says what is wrong with it. */
    add(rule: FaultRule): Fault;
    /** Those that will still strike, in the order of adding. */
    list(): Fault[];
    /** Removes all of them. */
    clear(): void;
  };
  /** How it behaves; each setting can be changed while it serves. */
  readonly settings: {
    /** Changes what is named, each as a whole. Throws a TypeError, and changes nothing, when a value is wrong. */
    change(changes: ChangeableSettings): void;
    /** What has been set; defaults are not among it. */
    get(): ChangeableSettings;
  };
  readonly #requests = new RequestLog();
  readonly #states: RegionStates;
  readonly #stopping = new AbortController();
  readonly #runner: JobRunner;
  readonly #server: LocalServer;
  #endpoint = "";
  #stopped?: Promise<void>;

  private constructor(
    options: LocalDataExchangeOptions,
    credentials: Credentials,
    settings: Settings,
    private readonly backend: S3Backend,
  ) {
    const { clock } = this;
    const { signal } = this.#stopping;
    const chance = new SeededRandom(options.seed);
    const faults = new Faults(chance);
    const requests = this.#requests;
    const objects = new ServiceStorage(backend.storage);
    const states = new RegionStates(clock, chance);
    const urls = new SignedUrls(clock, settings.signedUrlLifetime, () => this.#endpoint);
    const { durationOf, quotaOf, limitOf } = settings;
    const runner = new JobRunner({
      ...{ clock, objects, urls, faults, durationOf, quotaOf, limitOf },
      requireBucketPolicy: options.requireBucketPolicy,
    });
    const sessions = new Sessions();
    const gate = new Authenticator(credentials, sessions);
    const bodies = new BodyReader();
    this.faults = faults;
    this.settings = settings;
    this.#states = states;
    this.#runner = runner;
    const shared = {
      ...{ clock, objects, urls, runner, quotaOf, limitOf },
      apiTarget: (apiId: string) => options.apis?.[apiId],
      requireBucketPolicy: options.requireBucketPolicy,
      requireFinalizedRevision: options.requireFinalizedRevision ?? false,
      marketplace: options.marketplace ?? false,
    };
    this.#server = new LocalServer({
      dataExchange: new DataExchangeApi({
        contextOf: (place, origin) => ({
          ...shared,
          origin,
          state: states.of(place),
          stateOf: (account) => states.of({ ...place, account }),
        }),
        gate,
        bodies,
        clock,
        settings,
        throttle: new RateLimiter(clock),
        faults,
        requests,
        signal,
      }),
      signedBodies: new SignedUrlBodies({ states, objects, urls, clock, faults, requests, signal }),
      s3: new S3Requests(backend, gate),
      sts: new StsApi(gate, sessions, bodies),
      control: new AdminApi({
        clock,
        faults,
        requests,
        settings,
        runner,
        bodies,
        jobs: (region) => this.jobs({ region }),
      }),
      verifiesSignatures: credentials.isRestricted,
      onRequest: options.onRequest,
    });
  }

  /** Resolves when it serves. */
  static async start(options: LocalDataExchangeOptions = {}): Promise<LocalDataExchange> {
    const { port, host, s3Endpoint, s3Credentials } = resolveOptions(options);
    const credentials = new Credentials(options.accountId, options.credentials);
    const { jobDuration, quotas, limits, requestsPerSecond, signedUrlLifetime } = options;
    const settings = new Settings({ jobDuration, quotas, limits, requestsPerSecond, signedUrlLifetime });
    const backend =
      s3Endpoint === undefined ? await inProcessS3() : await elsewhere(s3Endpoint, s3Credentials);
    const local = new LocalDataExchange(options, credentials, settings, backend);
    try {
      await backend.storage.ensureBucket(serviceBucket);
      const served = await local.#server.listen(port, host);
      local.#endpoint = `http://${reachable(host)}:${served}`;
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

  /** Empties `requests`. */
  clearRequests(): void {
    this.#requests.clear();
  }

  /** All jobs of a region, or of every region, oldest first; also those that the service shows no more. */
  jobs({ region }: { readonly region?: string } = {}): JobSnapshot[] {
    const now = this.clock.now();
    return this.#states
      .all()
      .filter(({ accountRegion }) => region === undefined || accountRegion.region === region)
      .flatMap((state) => state.jobs.all().map((job) => snapshotOf(job, state, now)));
  }

  /** Keeps every job in progress until the answer is called; for tests of what happens meanwhile. */
  pauseJobs(): () => void {
    return this.#runner.pause();
  }

  /** Ends running jobs, connections and the S3 that came with it. A second call waits for the first. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#server.close(), this.#runner.stop()]);
    await this.backend.stop();
  }
}

/** The official client is loaded only where it is needed: it takes its time. */
async function elsewhere(
  endpoint: string,
  credentials: ResolvedOptions["s3Credentials"],
): Promise<S3Backend> {
  return (await import("./storage/external-s3.js")).externalS3(endpoint.replace(/\/+$/, ""), credentials);
}

/** An address that a server listening on `host` can be reached at from this machine. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

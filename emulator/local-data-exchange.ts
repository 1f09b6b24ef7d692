import { reasonOf } from "../lib/message-code";
import { redact } from "../lib/redact";
import { SeededRandom } from "./control/seeded-random";
import { Clock } from "./control/clock";
import type { Fault, FaultRule } from "./control/faults";
import { Faults } from "./control/faults";
import { RateLimiter } from "./control/rate-limiter";
import type { RecordedRequest } from "./control/request-log";
import { RequestLog } from "./control/request-log";
import type { ChangeableSettings } from "./control/settings";
import { Settings } from "./control/settings";
import { OptionError } from "./control/option-values";
import { AdminApi } from "./http/admin-api";
import { Authenticator } from "./http/authenticate";
import { Credentials, Sessions } from "./http/credentials";
import { DataExchangeApi } from "./http/data-exchange-api";
import { BodyReader } from "./http/request-body";
import { S3Requests } from "./http/s3-requests";
import { LocalServer } from "./http/server";
import { SignedUrlBodies } from "./http/signed-url-bodies";
import { StsApi } from "./http/sts";
import { JobRunner } from "./jobs/job-runner";
import type { JobSnapshot } from "./jobs/job-snapshot";
import { snapshotOf } from "./jobs/job-snapshot";
import type { LocalDataExchangeOptions } from "./options";
import { assertOptions, s3CredentialsOf } from "./options";
import { RegionStates } from "./state/region-state";
import { inProcessS3 } from "./storage/in-process-s3";
import type { S3Backend } from "./storage/service-storage";
import { ServiceStorage, serviceBucket } from "./storage/service-storage";
import { SignedUrls } from "./storage/signed-urls";

/** AWS Data Exchange and S3 at one local address. `stop` deletes everything that it stores. */
export class LocalDataExchange {
  /** The service's clock, which all dates come from. */
  readonly clock: Clock;
  /** Injected faults. */
  readonly faults: {
    /**
     * Adds a rule; rules apply in the order in which they were added.
     *
     * @throws OptionError if the rule is not valid.
     */
    add(rule: FaultRule): Fault;
    /** The rules that still apply, in the order in which they were added. */
    list(): Fault[];
    /** Removes all rules. */
    clear(): void;
  };
  /** Settings that can change while the service runs. */
  readonly settings: {
    /**
     * Changes the given settings, each as a whole.
     *
     * @throws OptionError if a value is not valid; then nothing changes.
     */
    change(changes: ChangeableSettings): void;
    /** The settings that were given, without defaults. */
    get(): ChangeableSettings;
  };
  readonly #runner: JobRunner;
  readonly #server: LocalServer;
  #endpoint = "";
  #stopped?: Promise<void>;

  private constructor(
    options: LocalDataExchangeOptions,
    settings: Settings,
    private readonly backend: S3Backend,
    private readonly core = createCore(options, settings),
  ) {
    const storage = createStorage(core, backend, () => this.#endpoint);
    this.#runner = createJobRunner(core, storage);
    this.clock = core.clock;
    this.faults = core.faults;
    this.settings = settings;
    this.#server = createServer(core, storage, this.#runner, backend, (region) => this.jobs({ region }));
  }

  /**
   * Resolves when the service accepts requests.
   *
   * @throws OptionError if an option is not valid; then nothing is started.
   */
  static async start(options: LocalDataExchangeOptions = {}): Promise<LocalDataExchange> {
    assertOptions(options);
    const { port = 0, host = "127.0.0.1" } = options;
    const { jobDuration, quotas, limits, requestsPerSecond, signedUrlLifetime } = options;
    const settings = new Settings({ jobDuration, quotas, limits, requestsPerSecond, signedUrlLifetime });
    const local = new LocalDataExchange(options, settings, await openS3(options));
    try {
      await local.backend.storage.ensureBucket(serviceBucket).catch((error: unknown) => {
        if (options.s3Endpoint === undefined) throw error;
        const text = `s3Endpoint ${options.s3Endpoint} cannot be used: ${reasonOf(error)}.`;
        const remedy = "Check that the server runs and accepts the keys.";
        throw new OptionError(
          { code: "unusable-s3-endpoint", text: `${redact(text)} ${remedy}` },
          { cause: error },
        );
      });
      const listening = await local.#server.listen(port, host);
      local.#endpoint = `http://${reachableHost(host)}:${listening}`;
      return local;
    } catch (error) {
      await local.stop();
      throw error;
    }
  }

  /** `http://127.0.0.1:PORT`, for clients of Data Exchange, S3 and STS. */
  get endpoint(): string {
    return this.#endpoint;
  }

  /** The last 10,000 requests to the service, oldest first. */
  get requests(): readonly RecordedRequest[] {
    return this.core.requests.all();
  }

  /** Empties `requests`. */
  clearRequests(): void {
    this.core.requests.clear();
  }

  /** All jobs of a region, or of every region, oldest first, with expired jobs. */
  jobs({ region }: { readonly region?: string } = {}): JobSnapshot[] {
    const now = this.clock.now();
    return this.core.states
      .all()
      .filter(({ accountRegion }) => region === undefined || accountRegion.region === region)
      .flatMap((state) => state.jobs.all().map((job) => snapshotOf(job, state, now)));
  }

  /** Keeps every job in progress until the returned function is called. */
  pauseJobs(): () => void {
    return this.#runner.pause();
  }

  /** Ends running jobs, connections and the embedded S3 server. A second call waits for the first. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.core.stopping.abort();
    await Promise.all([this.#server.close(), this.#runner.stop()]);
    await this.backend.stop();
  }
}

type Core = ReturnType<typeof createCore>;
type ServiceFiles = ReturnType<typeof createStorage>;

/** Stage 1: time, randomness, control and state. */
function createCore(options: LocalDataExchangeOptions, settings: Settings) {
  const clock = new Clock();
  const random = new SeededRandom(options.seed);
  const states = new RegionStates(clock, random);
  const [faults, requests, stopping] = [new Faults(random), new RequestLog(), new AbortController()];
  return { options, settings, clock, states, faults, requests, stopping, signal: stopping.signal };
}

/** Stage 2: the objects of the service and the signed URLs to them. */
const createStorage = ({ clock, settings }: Core, { storage }: S3Backend, endpoint: () => string) => ({
  objects: new ServiceStorage(storage),
  urls: new SignedUrls(clock, settings.signedUrlLifetime, endpoint),
});

/** Stage 3: the runner of the jobs. */
const createJobRunner = ({ clock, faults, settings, options }: Core, files: ServiceFiles): JobRunner => {
  const { durationOf, quotaOf, limitOf } = settings;
  const { requireBucketPolicy } = options;
  return new JobRunner({ ...files, clock, faults, durationOf, quotaOf, limitOf, requireBucketPolicy });
};

/** Stage 4: the HTTP server and the APIs behind it. */
function createServer(
  core: Core,
  files: ServiceFiles,
  runner: JobRunner,
  backend: S3Backend,
  listJobs: (region?: string) => JobSnapshot[],
): LocalServer {
  const { options, settings, clock, states } = core;
  const { apis, requireBucketPolicy, requireFinalizedRevision = false, marketplace = false } = options;
  const credentials = new Credentials(options.accountId, options.credentials);
  const sessions = new Sessions();
  const authenticator = new Authenticator(credentials, sessions);
  const bodies = new BodyReader();
  const handlerContext = {
    ...files,
    ...{ clock, runner, requireBucketPolicy, requireFinalizedRevision, marketplace },
    ...{ quotaOf: settings.quotaOf, limitOf: settings.limitOf },
    apiTarget: (apiId: string) => apis?.[apiId],
  };
  return new LocalServer({
    dataExchange: new DataExchangeApi({
      ...{ ...core, authenticator, bodies, rateLimiter: new RateLimiter(clock) },
      contextFor: (accountRegion, origin) => ({
        ...handlerContext,
        origin,
        state: states.of(accountRegion),
        stateOf: (account) => states.of({ ...accountRegion, account }),
      }),
    }),
    signedUrlBodies: new SignedUrlBodies({ ...core, ...files }),
    s3: new S3Requests(backend, authenticator),
    sts: new StsApi(authenticator, sessions, bodies),
    admin: new AdminApi({ ...core, runner, bodies, jobs: listJobs }),
    verifiesSignatures: credentials.isRestricted,
    onRequest: options.onRequest,
  });
}

/** The embedded S3 server, or the one at `s3Endpoint`; only the latter needs a client, which is slow to load. */
async function openS3(options: LocalDataExchangeOptions): Promise<S3Backend> {
  const { s3Endpoint } = options;
  if (s3Endpoint === undefined) return inProcessS3();
  const { externalS3 } = await import("./storage/external-s3.js");
  return externalS3(s3Endpoint.replace(/\/+$/, ""), s3CredentialsOf(options));
}

/** An address of this machine at which a server that listens on `host` can be reached. */
function reachableHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}

public import ClusterState
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// ML Commons of one node: model groups, models, tasks and predictions, as OpenSearch's plugin of that name has them.
///
/// What is registered is in the node's metadata and, as files, below one folder; each change is durable before it is answered. Work that outlives
/// its request goes on in tasks, which clients poll. After a restart ``start()`` brings everything to a state that can be explained: no task stays
/// at work that nobody works on, and models that were deployed are deployed again.
public final class MLCommons: Sendable {
    let state: DocumentState
    let contents: ModelContents
    let supply: any ModelSupply
    let host: any ModelHost
    let jobs = JobQueue()
    let uses = ModelUses()
    let resources: NodeResources
    /// How often something was refused for want of memory or disk.
    let circuitBreaks = Atomic<Int>(0)
    let registrations = RunningTasks()
    let deployments = RunningTasks()
    let userLimits = UserLimits()
    /// Nil where the server calls no other servers.
    let connectors: ConnectorServices?
    /// Nil where the server trains no models.
    let fineTuning: (any FineTuningHost)?
    let fineTunings = FineTuningTasks()
    private let clock = Mutex<Task<Void, Never>?>(nil)

    /// ML Commons over a node's metadata; nothing runs before ``start()``.
    ///
    /// - Parameters:
    ///   - metadata: Where documents are kept.
    ///   - folder: Where files of models are kept; made where it is missing, and nobody else's.
    ///   - supply: Where models come from.
    ///   - host: Where models run.
    ///   - resources: What there is for models.
    ///   - connectors: How other servers are asked; nil if they are not.
    ///   - fineTuning: What trains models; nil: the paths of fine-tuning are not there.
    ///   - now: The time in milliseconds since 1970.
    public init(
        metadata: MetadataStore, folder: String, supply: any ModelSupply, host: any ModelHost,
        resources: NodeResources = .system, connectors: ConnectorServices? = nil,
        fineTuning: (any FineTuningHost)? = nil,
        now: @escaping @Sendable () -> Int64 = MLCommons.milliseconds
    ) {
        state = DocumentState(metadata: metadata, now: now)
        contents = ModelContents(root: folder)
        self.supply = supply
        self.resources = resources
        self.host = host
        self.connectors = connectors
        self.fineTuning = fineTuning
    }

    /// The time of day in milliseconds since 1970.
    public static func milliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    /// The id of the one node.
    var nodeID: String { state.metadata.current.nodeID }

    /// Brings what a stop or a crash left to an end, deploys again what was deployed, and begins to look for models that nobody uses.
    ///
    /// - Parameter executor: The threads of tasks, which may block on disks; nil means Swift's own.
    /// - Returns: What was done, as sentences for the log.
    public func start(on executor: (any TaskExecutor)? = nil) throws -> [String] {
        jobs.use(executor)
        let notes = try recover()
        clock.withLock { clock in
            clock = Task { [weak self] in
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(10))
                    self?.undeployUnused()
                    self?.endSilentRegistrations()
                }
            }
        }
        return notes
    }

    /// Cancels tasks that are at work and waits for them; the next ``start()`` ends them or takes them up again.
    public func stop() async {
        clock.withLock { $0?.cancel() }
        await jobs.stop()
    }

    /// Waits until no task is at work.
    package func settle() async { await jobs.idle() }

    /// All operations.
    public var operations: [MLOperation] {
        (modelGroupOperations + modelOperations + uploadOperations + deploymentOperations + taskOperations
            + predictionOperations + statisticsOperations + profileOperations + connectorOperations
            + controllerOperations + fineTuningOperations).map { guarded($0) }
    }
}

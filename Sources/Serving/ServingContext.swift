internal import Access
internal import HTTPTypes
internal import Logging
internal import Routing
import Synchronization
internal import Telemetry

/// What all connections of a server share.
final class ServingContext: Sendable {
    let settings: ServerSettings
    let routes: RouteTable
    let metrics: ServerInstruments
    let logger: Logger
    let responder: Responder
    /// Bytes of bodies that are held for requests.
    let memory = BodyMemory()
    /// Whether the stop was announced to connections; those that are only being set up learn it from here.
    let isDraining = Atomic<Bool>(false)
    /// Handlers that have not returned.
    let runningHandlers = Atomic<Int>(0)

    init(
        settings: ServerSettings, routes: RouteTable, metrics: ServerInstruments, logger: Logger,
        authenticator: (any Authenticating)? = nil,
        isAborting: @escaping @Sendable () -> Bool
    ) {
        self.settings = settings
        self.routes = routes
        self.metrics = metrics
        self.logger = logger
        responder = Responder(
            settings: settings, keys: APIKeys(settings.apiKeys), authenticator: authenticator, logger: logger,
            isAborting: isAborting, memory: memory)
        metrics.registry.collect(ServingMetrics.bufferedBytes) { [self] in
            [(labels: [], value: Double(memory.bytes.load(ordering: .relaxed)))]
        }
    }

    /// Counts and logs a request that is over.
    func record(_ record: AccessRecord) {
        guard let reply = record.reply else {
            metrics.cancelled.add()
            logger.debug("client closed request", metadata: record.metadata)
            return
        }
        metrics.answered(
            method: record.head.method.rawValue, route: record.head.routeName, status: reply.status.code,
            duration: record.duration)
        switch reply.fault?.kind {
        case .unauthorized, .forbidden: metrics.refused(.key)
        case .bodyTooLarge: metrics.refused(.body)
        case .stopping: metrics.refused(.stopping)
        default: break
        }
        let threshold = settings.slowRequestThreshold
        if threshold > .zero, record.duration >= threshold {
            logger.warning("slow request", metadata: record.slowMetadata)
        } else {
            logger.info("request", metadata: record.metadata)
        }
    }
}

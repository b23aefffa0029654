public import Access
public import Logging
internal import NIOCore
internal import NIOPosix
public import Routing
import Synchronization
public import Telemetry
internal import UnixSignals

/// An HTTP server for a table of routes: HTTP/1.1 and HTTP/2, plain or with TLS, until it is told to stop.
///
/// It takes `SIGTERM` and `SIGINT` as the wish to stop, a second one as the wish to stop at once, and `SIGHUP` as news about the
/// certificate. After the first, requests that were sent are still answered, up to ``ServerSettings/drainTimeout``.
public final class Server: Sendable {
    private enum Command: Sendable {
        case stop
        case reload
        case drained
    }

    private enum Phase: Int, AtomicRepresentable {
        case serving
        case stopping
        case aborting
    }

    private final class Progress: Sendable {
        let phase = Atomic<Phase>(.serving)
    }

    private let settings: ServerSettings
    private let context: ServingContext
    private let logger: Logger
    private let connections = ConnectionList()
    private let progress: Progress
    private let commands: AsyncStream<Command>
    private let send: AsyncStream<Command>.Continuation

    /// A server that is not running yet.
    ///
    /// - Parameters:
    ///   - routes: what it answers; those of ``ServingRoutes`` are added.
    ///   - metrics: gets ``ServingMetrics``, and is what `/metrics` shows.
    ///   - logger: gets one line for each request.
    ///   - authenticator: knows users and their keys; nil: there are none, and only ``ServerSettings/apiKeys`` are asked for.
    ///   - version: of the program, for metrics.
    ///   - readiness: what `/readyz` shows while the server is not stopping.
    public init(
        routes: RouteTable, settings: ServerSettings, metrics: MetricRegistry, logger: Logger,
        authenticator: (any Authenticating)? = nil, version: String = "development",
        readiness: @escaping @Sendable () -> Readiness = { Readiness(.ready) }
    ) {
        let progress = Progress()
        var routes = routes
        routes.add(
            ServingRoutes(metrics: metrics, metricsAreOpen: settings.metricsAreOpen) {
                var current = readiness()
                if progress.phase.load(ordering: .relaxed) != .serving { current.state = .stopping }
                return current
            }.all)
        self.settings = settings
        self.logger = logger
        self.progress = progress
        context = ServingContext(
            settings: settings, routes: routes, metrics: ServerInstruments(metrics), logger: logger,
            authenticator: authenticator, isAborting: { progress.phase.load(ordering: .relaxed) == .aborting })
        ProcessMetrics.register(in: metrics, version: version)
        metrics.collect(ServingMetrics.droppedLogLines) {
            [(labels: [], value: Double(LogSink.standardError.droppedLines))]
        }
        (commands, send) = AsyncStream.makeStream()
    }

    /// Answers requests until it is stopped; may be called once.
    ///
    /// - Parameters:
    ///   - handlesSignals: whether `SIGTERM`, `SIGINT` and `SIGHUP` are for this server.
    ///   - onListening: gets the port when connections are accepted.
    /// - Throws: ``ServerError`` if the certificate cannot be read or the address is taken.
    public func run(handlesSignals: Bool = true, onListening: @Sendable (Int) -> Void = { _ in }) async throws {
        DescriptorLimit.raise()
        let certificates = try settings.certificates()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, settings.eventLoopThreads))
        let listener: any Channel
        do {
            listener = try await Listener(context: context, connections: connections, certificates: certificates)
                .bind(on: group)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
        let signals = handlesSignals ? await forwardSignals() : nil
        onListening(listener.localAddress?.port ?? settings.port)
        var drain: Task<Void, Never>?
        waiting: for await command in commands {
            switch command {
            case .reload: reload(certificates)
            case .stop where drain == nil:
                progress.phase.store(.stopping, ordering: .relaxed)
                logger.notice("stopping", metadata: ["connections": "\(connections.count)"])
                drain = Task { await self.drain(listener) }
            case .stop: break waiting
            case .drained: break waiting
            }
        }
        drain?.cancel()
        await drain?.value
        signals?.cancel()
        progress.phase.store(.aborting, ordering: .relaxed)
        listener.close(promise: nil)
        connections.close()
        await handlersReturned()
        try? await group.shutdownGracefully()
        logger.notice("stopped")
    }

    /// Stops as `SIGTERM` does: answers what was asked, then ends.
    ///
    /// A second call ends at once.
    public func stop() { send.yield(.stop) }

    /// Reads the certificate files again, as `SIGHUP` does.
    public func reload() { send.yield(.reload) }

    private func reload(_ certificates: Certificates?) {
        guard let certificates else { return }
        do {
            try certificates.reload()
            logger.notice("certificate read again")
        } catch {
            logger.error("certificate kept", metadata: ["error": "\(error)"])
        }
    }

    /// First no new connections, then no new requests, then no connections.
    private func drain(_ listener: any Channel) async {
        try? await Task.sleep(for: settings.drainDelay)
        await Listener.close(listener, connections)
        context.isDraining.store(true, ordering: .relaxed)
        connections.fire(ChannelShouldQuiesceEvent())
        await connections.drained(within: settings.drainTimeout)
        if connections.count > 0, !Task.isCancelled {
            logger.warning(
                "requests are cut off after drain_timeout", metadata: ["connections": "\(connections.count)"])
            progress.phase.store(.aborting, ordering: .relaxed)
            connections.fire(AbortRequests())
            await connections.drained(within: .seconds(1))
        }
        send.yield(.drained)
    }

    /// Waits for handlers whose requests were cut off: they report to the event loops, which must still be there.
    private func handlersReturned() async {
        let end = ContinuousClock.now + .seconds(5)
        while context.runningHandlers.load(ordering: .acquiring) > 0, .now < end {
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    private func forwardSignals() async -> Task<Void, Never> {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        return Task { [send] in
            for await signal in signals { send.yield(signal == .sighup ? .reload : .stop) }
        }
    }
}

extension ServerSettings {
    fileprivate func certificates() throws -> Certificates? {
        switch (certificatePath, keyPath) {
        case (nil, nil): return nil
        case (let certificate?, let key?): return try Certificates(certificatePath: certificate, keyPath: key)
        default: throw ServerError("TLS needs both a certificate and a key file; one of the two settings is missing")
        }
    }
}

import Encoders
import Inference
import InferenceAPI
import Logging
import Routing
import Serving
import Settings
import Telemetry
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A server from its start to its end: listens at once, loads models meanwhile, says when it is ready.
struct ServingProcess {
    let settings: ProgramSettings
    let models: ServedModels
    /// Whether a model that cannot be loaded leaves the others to be served.
    let keepsGoing: Bool

    func run() async throws {
        // A client that goes away is an error of its connection, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let metrics = MetricRegistry()
        let engine = InferenceEngine(settings: settings.engine, metrics: metrics)
        for model in models.models { engine.declare(model.declaration) }
        let documents = try await ServedDocuments(settings, engine: engine, hub: models.hub)
        do {
            try documents?.start()
            try await serve(engine, documents, metrics)
        } catch {
            await documents?.close()
            throw error
        }
        await documents?.close()
        LogSink.standardError.flush()
    }

    private func serve(
        _ engine: InferenceEngine, _ documents: ServedDocuments?, _ metrics: MetricRegistry
    ) async throws {
        let own = OperatorEndpoints.endpoints(metrics: metrics, metricsAreOpen: settings.server.metricsAreOpen)
        var listener = settings.server
        let ownCertificate = OwnCertificate(settings)
        let certificateNote = try ownCertificate?.renewIfNeeded()
        ownCertificate?.use(in: &listener)
        let asksWho = !settings.server.apiKeys.isEmpty || documents?.access != nil
        var routes = RouteTable(fallback: documents == nil ? TEIFaults() : ServedDocuments.faults)
        InferenceRoutes(
            engine: engine, others: own, asksForKeys: asksWho, version: programVersion,
            servesDocuments: documents != nil
        ).add(to: &routes)
        documents?.addRoutes(to: &routes)
        let (format, level) = (settings.logFormat, settings.logLevel)
        let logger = Logger(label: "needletail") { _ in LineLogHandler(format: format, level: level) }
        let server = Server(
            routes: routes, settings: listener, metrics: metrics, logger: logger,
            authenticator: documents?.access?.authenticator, version: programVersion,
            readiness: { readiness(engine) })
        let banner = ServingBanner(
            settings: settings, listener: listener, models: models,
            notes: (documents?.access?.notes ?? []) + [certificateNote].compactMap(\.self))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.run(onListening: { port in StandardError.write(banner.text(port: port)) })
            }
            group.addTask {
                try await load(into: engine)
                // Ends with the server.
                try await Task.sleep(for: .seconds(1 << 40))
            }
            if let ownCertificate {
                group.addTask {
                    try await ownCertificate.keep { note in
                        logger.notice("certificate renewed", metadata: ["note": "\(note)"])
                        server.reload()
                    }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
        await engine.stop()
    }

    private func load(into engine: InferenceEngine) async throws {
        let start = ContinuousClock.now
        var failures = 0
        for model in models.models {
            do {
                if case .remote(let reference) = model.place {
                    engine.declare(try await models.fetched(model.settings, reference))
                }
                try await load(model.settings, into: engine)
            } catch let failure as CommandFailure {
                failures += 1
                guard keepsGoing, failures < models.models.count else { throw failure }
                StandardError.write("needletail: \(failure.message)\n")
            }
        }
        let count = Numbers.counted(models.models.count - failures, "model")
        let time = Numbers.fixed((ContinuousClock.now - start).seconds, 1)
        let arithmetic = engine.models.compactMap { model in
            model.facts.map { "  \(model.declaration.name): \($0.summary.arithmetic)\n" }
        }
        StandardError.write("Ready: \(count) loaded in \(time) s.\n" + arithmetic.joined())
    }

    private func load(_ model: ModelSettings, into engine: InferenceEngine) async throws(CommandFailure) {
        do throws(InferenceError) {
            try await engine.load(model.name)
        } catch {
            throw CommandFailure(.badData, "\(model.place): model '\(model.name)': \(error.message)")
        }
        // What the settings expect and only a loaded model can say.
        let facts = engine.models.first { $0.declaration.name == model.name }?.facts
        if let wanted = model.dimensions, let found = facts?.dimensions, found != wanted {
            engine.remove(model.name)
            throw CommandFailure(
                .badConfiguration,
                "\(model.place): model '\(model.name)': its vectors have \(found) dimensions, and 'dim' says \(wanted)."
            )
        }
    }

    /// How far the models of the settings are; those that come and go through the API are told there.
    private func readiness(_ engine: InferenceEngine) -> Readiness {
        let named = Set(models.models.map(\.declaration.name))
        let models = engine.models.filter { named.contains($0.declaration.name) }.map { model in
            switch model.state {
            case .loading: Readiness.Model(name: model.declaration.name, state: .loading)
            case .ready: Readiness.Model(name: model.declaration.name, state: .ready)
            case .failed:
                Readiness.Model(name: model.declaration.name, state: .failed, reason: "it could not be loaded")
            }
        }
        let isLoading = models.contains { $0.state == .loading }
        return Readiness(isLoading ? .loading : .ready, models: models)
    }
}

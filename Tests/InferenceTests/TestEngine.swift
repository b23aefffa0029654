import Encoders
import Inference
import JSON
import ModelFiles
import Telemetry
import Tensors
import TestSupport
import Testing

/// The small models of `Tests/Fixtures/encoders` and what tests ask of them.
enum TestModel {
    static func path(_ name: String) -> String { Fixture.path("encoders/models/" + name) }

    /// A declaration whose name is the folder's.
    static func declaration(_ name: String) -> ModelDeclaration {
        let task: ModelTask =
            name.contains("cross") ? .crossEncoder : name.contains("dense") ? .dense : .sparse
        return ModelDeclaration(name: name, task: task, path: path(name))
    }

    /// Texts of one model's reference inputs; their lengths go from a word to more than the model reads.
    static func texts() throws -> [String] {
        let inputs = try JSONValue(parsing: Fixture.bytes("encoders/models/bert-dense/inputs.json"))
        return try #require(inputs["texts"]?.array).map { try #require($0.string) }
    }

    /// An engine with these models loaded.
    static func engine(
        _ names: String..., settings: InferenceSettings = InferenceSettings(),
        metrics: MetricRegistry = MetricRegistry(), observer: SchedulerObserver? = nil
    ) async throws -> InferenceEngine {
        let engine = InferenceEngine(settings: settings, metrics: metrics, observer: observer)
        for name in names {
            engine.declare(declaration(name))
            try await engine.load(name)
        }
        return engine
    }
}

extension MetricRegistry {
    /// The value of a series; nil if it is not there yet.
    func value(_ series: String) -> Double? {
        prometheusText().split(separator: "\n").first { $0.hasPrefix(series + " ") }
            .flatMap { Double($0.dropFirst(series.count + 1)) }
    }

    /// Waits until so many requests are in the engine that feeds this registry.
    func waits(forRequests count: Int) async throws {
        while value("needletail_inference_waiting_requests") != Double(count) {
            try await Task.sleep(for: .milliseconds(1))
        }
    }
}

extension InferenceSettings {
    /// Settings with some values changed.
    static func with(_ change: (inout InferenceSettings) -> Void) -> InferenceSettings {
        var settings = InferenceSettings()
        change(&settings)
        return settings
    }
}

/// Stops an engine's threads before each piece of work until a test lets them go on, and keeps what they did.
final class Gate: Sendable {
    private let lock = ConditionLock()
    private nonisolated(unsafe) var isOpen: Bool  // this and the following are guarded by `lock`
    private nonisolated(unsafe) var passes = 0
    private nonisolated(unsafe) var seen: [SchedulerEvent] = []

    /// - Parameter isOpen: whether threads go on until the gate is closed.
    init(isOpen: Bool = false) {
        self.isOpen = isOpen
    }

    var observer: SchedulerObserver {
        { [self] event in
            lock.lock()
            seen.append(event)
            while !isOpen && passes == 0 { lock.waitForWork() }
            if !isOpen { passes -= 1 }
            lock.unlock()
        }
    }

    private func withLock<Result>(_ body: () -> Result) -> Result {
        lock.lock()
        defer { lock.unlock() }
        return body()
    }

    /// What threads did, or stand before.
    var events: [SchedulerEvent] { withLock { seen } }

    /// The lengths of the sequences of each tile, request by request.
    var tiles: [[[Int]]] {
        events.compactMap { if case .tile(_, let lengths) = $0 { lengths } else { nil } }
    }

    func open() {
        withLock {
            isOpen = true
            lock.wakeWorkers()
        }
    }

    func close() { withLock { isOpen = false } }

    /// Lets one piece of work go on.
    func letOnePass() {
        withLock {
            passes += 1
            lock.wakeWorkers()
        }
    }

    /// Waits until threads have come before so many pieces of work in all.
    func waits(for count: Int) async throws {
        while events.count < count { try await Task.sleep(for: .milliseconds(1)) }
    }
}

/// The error that `body` throws.
func inferenceError(_ body: () async throws -> Void) async -> InferenceError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? InferenceError
    }
}

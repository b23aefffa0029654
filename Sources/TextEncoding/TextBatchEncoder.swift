import Encoders
public import Inference
public import Querying

/// Encodes many texts of documents with the models of an engine.
///
/// The texts go to the engine in groups of like length, the longest first, and at most two groups at once, so that its threads have work and its
/// memory stays bounded however many texts there are. While the engine is full with others' work, a group waits and asks again.
public struct TextBatchEncoder: Sendable {
    /// Texts of a group at most.
    public static let groupTexts = 64
    /// Bytes of a group at most, unless one text has more.
    public static let groupBytes = 1 << 18
    private static let groupsAtOnce = 2

    private let engine: InferenceEngine
    private let patience: Duration

    /// Encodes with an engine's models.
    ///
    /// - Parameter patience: how long a group asks again while the engine is full.
    public init(_ engine: InferenceEngine, patience: Duration = .seconds(30)) {
        self.engine = engine
        self.patience = patience
    }

    /// The dense vectors of documents, in the order of the texts.
    ///
    /// - Parameter progress: called with how many texts more are done.
    /// - Throws: ``InferenceError`` of the first group that fails; `textIndex` says which text it is about. The others are cancelled.
    public func denseVectors(
        of texts: [String], model: String, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [[Float]] {
        let prompt = engine.prompt(of: model, for: .document)
        return try await encoded(texts, progress) { [engine] group in
            var request = EmbedRequest(model: model, inputs: group.map { .text($0) })
            request.prompt = prompt
            return try await engine.embed(request).embeddings.map { Array($0) }
        }
    }

    /// The weighted tokens of documents, in the order of the texts.
    ///
    /// - Parameter progress: called with how many texts more are done.
    /// - Throws: ``InferenceError`` of the first group that fails; `textIndex` says which text it is about. The others are cancelled.
    public func sparseVectors(
        of texts: [String], model: String, progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> [[WeightedToken]] {
        try await encoded(texts, progress) { [engine] group in
            let request = SparseRequest(model: model, inputs: group.map { .text($0) })
            return try engine.weightedTokens(of: try await engine.encodeSparse(request).vectors, model: model)
        }
    }

    // MARK: Groups

    /// The places of texts in groups: longest first, each within the limits.
    ///
    /// - Parameter most: texts of a group at most.
    package static func groups(of texts: [String], atMost most: Int = groupTexts) -> [[Int]] {
        let sizes = texts.map(\.utf8.count)
        var groups: [[Int]] = []
        var bytes = 0
        for place in texts.indices.sorted(by: { (sizes[$0], $1) > (sizes[$1], $0) }) {
            if groups.isEmpty || groups[groups.count - 1].count >= most || bytes + sizes[place] > groupBytes {
                groups.append([])
                bytes = 0
            }
            groups[groups.count - 1].append(place)
            bytes += sizes[place]
        }
        return groups
    }

    private func encoded<Vector: Sendable>(
        _ texts: [String], _ progress: @escaping @Sendable (Int) -> Void,
        _ encode: @escaping @Sendable ([String]) async throws -> [Vector]
    ) async throws -> [Vector] {
        var vectors = [Vector?](repeating: nil, count: texts.count)
        try await withThrowingTaskGroup(of: (places: [Int], vectors: [Vector]).self) { tasks in
            var waiting = Self.groups(of: texts, atMost: min(Self.groupTexts, engine.settings.maximumTexts))[...]
            func start() {
                guard let places = waiting.popFirst() else { return }
                tasks.addTask { (places, try await patiently(places, texts, encode)) }
            }
            for _ in 0..<Self.groupsAtOnce { start() }
            while let done = try await tasks.next() {
                for (place, vector) in zip(done.places, done.vectors) { vectors[place] = vector }
                progress(done.places.count)
                start()
            }
        }
        return vectors.compactMap(\.self)
    }

    /// Encodes a group, again while the engine has no room.
    private func patiently<Vector: Sendable>(
        _ places: [Int], _ texts: [String], _ encode: @Sendable ([String]) async throws -> [Vector]
    ) async throws -> [Vector] {
        let end = ContinuousClock.now + patience
        var pause = Duration.milliseconds(20)
        while true {
            do {
                return try await encode(places.map { texts[$0] })
            } catch let error as InferenceError {
                guard error.code == .overloaded || error.code == .queueTimeout, ContinuousClock.now < end else {
                    let text = error.textIndex.map { places[$0] }
                    throw InferenceError(error.code, error.message, textIndex: text, setting: error.setting)
                }
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(1))
            }
        }
    }
}

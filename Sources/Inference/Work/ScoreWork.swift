import Encoders
import Tokenizers

/// Pairs, or single texts, for a cross-encoder.
struct ScoreWork: Workload {
    let model: LoadedModel
    let computation: Computation? = .logits
    private let encoder: CrossEncoder
    private let request: ScoreRequest
    private let reader: TextReader
    private let cache: ScoreCache?

    init(_ request: ScoreRequest, _ model: LoadedModel, _ encoder: CrossEncoder, _ settings: InferenceSettings)
        throws(InferenceError)
    {
        if let limit = request.maximumTextTokens, limit < 1 {
            throw InferenceError(.invalidValue, "Texts of at most \(limit) tokens were asked for. Ask for 1 or more.")
        }
        self.model = model
        self.encoder = encoder
        self.request = request
        reader = TextReader(
            tokenizer: encoder.inputTokenizer,
            cut: InputTokenizer.Cut(
                side: request.truncationSide.direction, maximumPairTokens: request.maximumTextTokens),
            longTexts: settings.policy(request.longTexts, of: model), fault: encoder.fault)
        cache = request.usesCache ? model.cache : nil
    }

    var count: Int { request.inputs.count }
    var usesKeys: Bool { cache != nil }

    func byteCount(of text: Int) -> Int {
        request.inputs[text].first.utf8.count + (request.inputs[text].second?.utf8.count ?? 0)
    }

    func tokenBound(of text: Int) -> Int {
        let (bytes, limit) = (byteCount(of: text) + 8, encoder.maxSequenceLength)
        guard bytes > limit, case .chunk(let overlap, let maximumWindows) = reader.longTexts else {
            return min(bytes, limit)
        }
        // A window holds at least half a sequence of text, of which at most half repeats the window before.
        let half = max(1, limit / 2 - 4)
        let step = max(1, half - min(max(overlap, 0), half / 2))
        return min(max(1, maximumWindows), bytes / step + 1) * limit
    }

    func characterCount(of text: Int) -> Int {
        request.inputs[text].first.unicodeScalars.count + (request.inputs[text].second?.unicodeScalars.count ?? 0)
    }

    func hash(_ text: Int, into hasher: inout InputHasher) {
        switch reader.longTexts {
        case .truncate: hasher.add(0)
        case .refuse: hasher.add(1)
        case .chunk(let overlap, let maximumWindows):
            hasher.add(2)
            hasher.add(overlap)
            hasher.add(maximumWindows)
        }
        hasher.add(reader.cut.side == .left ? 0 : 1)
        hasher.add(reader.cut.maximumPairTokens ?? -1)
        hasher.add(request.inputs[text].first)
        hasher.add(request.inputs[text].second == nil ? 0 : 1)
        hasher.add(request.inputs[text].second ?? "")
    }

    func prepare(_ text: Int, key: InputKey?) throws(InferenceError) -> PreparedText {
        if let key, let entry = cache?.entry(of: key) { return .known(.score(entry)) }
        return try reader.read(text, request.inputs[text].first, pair: request.inputs[text].second)
    }

    func answer(_ outcomes: [TextOutcome], _ timing: InferenceTiming) -> ScoreResult {
        let activation = request.activation ?? encoder.activation
        let scores = outcomes.map { outcome in
            let (entry, isCached) = entry(of: outcome)
            if let cache, let key = outcome.key, !isCached { cache.insert(entry, for: key) }
            return TextScore(
                logits: entry.logits, scores: activation(entry.logits), tokenCount: entry.tokenCount,
                isTruncated: entry.isTruncated, window: entry.windowCount > 1 ? entry.window : nil,
                windowCount: entry.windowCount, isCached: isCached)
        }
        return ScoreResult(
            model: model.name, labels: encoder.labels, activation: activation, scores: scores, timing: timing)
    }

    /// The best window of a text.
    private func entry(of outcome: TextOutcome) -> (ScoreCache.Entry, isCached: Bool) {
        if case .score(let entry) = outcome.known { return (entry, true) }
        var best = ScoreCache.Entry(
            logits: [], tokenCount: outcome.tokenCount, isTruncated: outcome.isTruncated, window: 0,
            windowCount: outcome.results.count)
        for (window, result) in outcome.results.enumerated() {
            guard case .logits(let logits) = result else { continue }
            if window == 0 || logits[0] > best.logits[0] { (best.logits, best.window) = (logits, window) }
        }
        return (best, false)
    }
}

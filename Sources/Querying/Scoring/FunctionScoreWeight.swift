import JSON
import Mappings
import SearchIndex
import VectorIndex

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `function_score` as OpenSearch computes it.
final class FunctionScoreWeight: Weight {
    private let inner: Weight
    private let clause: FunctionClause
    private let filters: [Weight?]
    private let faults: ScoringFaults

    /// - Parameter inner: the query's weight, which the boost is part of.
    init(_ inner: Weight, clause: FunctionClause, filters: [Weight?], faults: ScoringFaults) {
        self.inner = inner
        self.clause = clause
        self.filters = filters
        self.faults = faults
    }

    override func scorer(_ segment: Segment) throws -> Scorer? {
        guard let scorer = try inner.scorer(segment) else { return nil }
        var functions: [FunctionScorer.Function] = []
        for (i, function) in clause.functions.enumerated() {
            var filter: Scorer?
            if let weight = filters[i] {
                guard let made = try weight.scorer(segment) else { continue }
                filter = made
            }
            functions.append(
                FunctionScorer.Function(
                    filter: filter, weight: function.weight ?? 1,
                    value: try FunctionValue.make(function, segment, faults)))
        }
        return FunctionScorer(scorer, functions: functions, clause: clause, faults: faults)
    }

    override func explain(_ segment: Segment, _ document: Int) throws -> Explanation {
        let query = try inner.explain(segment, document)
        guard let scorer = try scorer(segment), scorer.isMatch(at: document) else {
            return .noMatch("function score: no match", [query])
        }
        return Explanation(scorer.score(), "function score, \(clause.boostMode.rawValue) of:", [query])
    }
}

/// Changes the scores of another scorer by functions.
final class FunctionScorer: Scorer {
    struct Function {
        var filter: Scorer?
        var weight: Float
        var value: (Int, Float) -> Double
    }

    private let inner: Scorer
    private let functions: [Function]
    private let clause: FunctionClause
    private let faults: ScoringFaults
    private var scored = -1
    private var value: Float = 0

    init(_ inner: Scorer, functions: [Function], clause: FunctionClause, faults: ScoringFaults) {
        self.inner = inner
        self.functions = functions
        self.clause = clause
        self.faults = faults
    }

    override var cost: Int { inner.cost }
    override var needsConfirmation: Bool { inner.needsConfirmation || clause.minScore != nil }

    override func matches() -> Bool {
        if inner.needsConfirmation, !inner.matches() { return false }
        guard let minimum = clause.minScore else { return true }
        return score() >= minimum
    }

    override func next() -> Int {
        document = inner.next()
        return document
    }

    override func advance(to target: Int) -> Int {
        document = inner.advance(to: target)
        return document
    }

    override func score() -> Float {
        if scored != document {
            value = combined(inner.score())
            if !(value >= 0) {
                faults.note(
                    "exception", "function score query returned an invalid score: \(value) for doc: \(document)", 500)
                value = 0
            }
            scored = document
        }
        return value
    }

    private func combined(_ score: Float) -> Float {
        if clause.functions.isEmpty { return score }
        var factor = 1.0
        if clause.functions.count == 1, clause.functions[0].filter == nil {
            factor = functions.isEmpty ? 1 : apply(functions[0], score)
        } else {
            factor = factors(score)
        }
        factor = min(factor, Double(clause.maxBoost))
        let result: Double
        switch clause.boostMode {
        case .multiply: result = Double(score) * factor
        case .replace: result = factor
        case .sum: result = Double(score) + factor
        case .avg: result = (Double(score) + factor) / 2
        case .max: result = max(Double(score), factor)
        case .min: result = min(Double(score), factor)
        }
        return Float(result)
    }

    private func apply(_ function: Function, _ score: Float) -> Double {
        function.value(document, score) * Double(function.weight)
    }

    private func factors(_ score: Float) -> Double {
        var sum = 0.0
        var product = 1.0
        var low = Double.infinity
        var high = -Double.infinity
        var weights = 0.0
        var count = 0
        for function in functions {
            if let filter = function.filter, !isMatch(filter) { continue }
            let value = apply(function, score)
            count += 1
            if clause.scoreMode == .first { return value }
            sum += value
            product *= value
            low = min(low, value)
            high = max(high, value)
            weights += Double(function.weight)
        }
        if count == 0 { return 1 }
        switch clause.scoreMode {
        case .first, .multiply: return product
        case .sum: return weights == 0 ? 1 : sum
        case .avg: return weights == 0 ? 1 : sum / weights
        case .max: return high
        case .min: return low
        }
    }

    private func isMatch(_ filter: Scorer) -> Bool {
        if filter.document < document { filter.advance(to: document) }
        return filter.document == document && (!filter.needsConfirmation || filter.matches())
    }
}

/// The values of functions.
enum FunctionValue {
    static func make(
        _ function: FunctionClause.Function, _ segment: Segment, _ faults: ScoringFaults
    ) throws -> (Int, Float) -> Double {
        switch function.value {
        case nil: return { _, _ in 1 }
        case .random(let seed, _):
            // Reproducible: the sequence number of a document does not change with merges.
            let seed = UInt64(bitPattern: Int64(seed ?? Int.random(in: 0...Int.max)))
            return { document, _ in
                let bits = Mixing.mix(UInt64(bitPattern: segment.seqNo(of: document)) ^ Mixing.mix(seed))
                return Double(bits >> 40) / Double(1 << 24)
            }
        case .field(let factor): return try fieldValue(factor, function, segment, faults)
        case .decay(let decay): return self.decay(decay, function, segment)
        case .vectors(let script): return try vectors(script, function, segment)
        }
    }

    /// Documents without a vector have a score of 0.
    private static func vectors(
        _ script: VectorScript, _ function: FunctionClause.Function, _ segment: Segment
    ) throws -> (Int, Float) -> Double {
        guard let field = function.field, let vectors = segment.vectors(field.number) else { return { _, _ in 0 } }
        do {
            let scorer = try vectors.scorer(script.vector, space: try VectorSpace(name: script.space))
            return { document, _ in scorer.scriptScore(ofDocument: document).map { Double($0) } ?? 0 }
        } catch {
            throw SearchError.illegalArgument(error.reason)
        }
    }

    private static func numbers(_ function: FunctionClause.Function, _ segment: Segment) -> (Int) -> [Double] {
        guard let field = function.field, let column = segment.integers(field.number) else { return { _ in [] } }
        let encoding = field.numericEncoding
        return { document in
            (0..<column.count(of: document)).map { index in
                let raw = column.value(index, of: document)
                return encoding.map { $0.double(raw) } ?? Double(raw)
            }
        }
    }

    private static func fieldValue(
        _ factor: FunctionScoreQuery.FieldValueFactor, _ function: FunctionClause.Function, _ segment: Segment,
        _ faults: ScoringFaults
    ) throws -> (Int, Float) -> Double {
        let values = numbers(function, segment)
        let hint =
            switch factor.modifier {
            case .ln: "; consider using ln1p or ln2p instead of ln to avoid negative scores"
            case .log: "; consider using log1p or log2p instead of log to avoid negative scores"
            default: ""
            }
        return { document, _ in
            guard let raw = values(document).first ?? factor.missing else {
                faults.note("exception", "Missing value for field [\(factor.field)]", 500)
                return 0
            }
            let value = raw * Double(factor.factor)
            let result: Double
            switch factor.modifier {
            case .none: result = value
            case .log: result = log10(value)
            case .log1p: result = log10(value + 1)
            case .log2p: result = log10(value + 2)
            case .ln: result = log(value)
            case .ln1p: result = log1p(value)
            case .ln2p: result = log1p(value + 1)
            case .square: result = value * value
            case .sqrt: result = value.squareRoot()
            case .reciprocal: result = 1 / value
            }
            if result < 0 {
                faults.note(
                    "illegal_argument_exception",
                    "field value function must not produce negative scores, but got: [\(JavaNumbers.text(result))] for field "
                        + "value: [\(JavaNumbers.text(raw))]\(hint)", 400)
                return 0
            }
            return result
        }
    }

    private static func decay(
        _ decay: FunctionScoreQuery.Decay, _ function: FunctionClause.Function, _ segment: Segment
    ) -> (Int, Float) -> Double {
        let values = numbers(function, segment)
        let curve: (Double) -> Double
        switch decay.shape {
        case .gauss:
            let scale = 0.5 * function.scale * function.scale / log(decay.decay)
            curve = { exp(0.5 * $0 * $0 / scale) }
        case .exp:
            let scale = log(decay.decay) / function.scale
            curve = { exp(scale * $0) }
        case .linear:
            let scale = function.scale / (1 - decay.decay)
            curve = { max(0, (scale - $0) / scale) }
        }
        return { document, _ in
            let distances = values(document).map { max(0, abs($0 - function.origin) - function.offset) }
            // Documents without the field are left as they are.
            guard !distances.isEmpty else { return 1 }
            let distance: Double
            switch decay.multiValueMode {
            case .min: distance = distances.min() ?? 0
            case .max: distance = distances.max() ?? 0
            case .avg: distance = distances.reduce(0, +) / Double(distances.count)
            case .sum: distance = distances.reduce(0, +)
            }
            return curve(distance)
        }
    }
}

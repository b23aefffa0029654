import JSON
public import ModelFiles

/// How far quantised networks are from float32 on texts that took no part in the calibration.
public struct QuantizationQuality: Sendable, Hashable {
    /// What int8 must reach for `auto` to take it.
    public struct Bar: Sendable, Hashable {
        /// The least mean cosine of the vectors.
        public var cosine: Double
        /// The least rank correlation (Spearman) of scores or similarities.
        public var spearman: Double

        /// A bar of one's own.
        public init(cosine: Double, spearman: Double) {
            self.cosine = cosine
            self.spearman = spearman
        }

        /// The default for a kind of model.
        public static func standard(for task: ModelTask) -> Bar {
            switch task {
            case .crossEncoder: Bar(cosine: 0.995, spearman: 0.99)
            case .dense: Bar(cosine: 0.995, spearman: 0.99)
            case .sparse, .sparseQuery: Bar(cosine: 0.99, spearman: 0.99)
            }
        }
    }

    /// One network beside the float32 one.
    public struct Comparison: Sendable, Hashable {
        /// Which network: `int8`, `int8 without smoothing`, `bf16`.
        public var name: String
        /// The mean cosine of the vectors: embeddings, sparse weights, or a cross-encoder's last hidden state of the first token.
        public var meanCosine: Double
        /// The least of them.
        public var leastCosine: Double
        /// The largest difference of a logit (cross-encoders) or a similarity.
        public var largestError: Double
        /// The mean difference.
        public var meanError: Double
        /// Spearman's rank correlation of logits or similarities.
        public var spearman: Double
        /// Kendall's.
        public var kendall: Double
    }

    /// What was asked.
    public var bar: Bar
    /// The networks; the first is the one that the folder holds.
    public var comparisons: [Comparison]
    /// Vectors that were compared.
    public var vectorCount: Int
    /// Logits or similarities that were compared.
    public var scoreCount: Int

    /// Whether the folder's network meets the bar.
    public var passes: Bool {
        guard let first = comparisons.first else { return false }
        return first.meanCosine >= bar.cosine && first.spearman >= bar.spearman
    }
}

extension QuantizationQuality.Comparison {
    /// Compares what a network made of the held-out texts with what float32 made of them.
    init(_ name: String, _ found: QuantizationOutputs, with exact: QuantizationOutputs) {
        let cosines = zip(found.vectors, exact.vectors).map { Self.cosine($0, $1) }
        let errors = zip(found.scores, exact.scores).map { Double(abs($0 - $1)) }
        self.init(
            name: name, meanCosine: cosines.reduce(0, +) / Double(max(1, cosines.count)),
            leastCosine: cosines.min() ?? 1, largestError: errors.max() ?? 0,
            meanError: errors.reduce(0, +) / Double(max(1, errors.count)),
            spearman: RankCorrelation.spearman(found.scores, exact.scores),
            kendall: RankCorrelation.kendall(found.scores, exact.scores))
    }

    /// The cosine; 1 for two zero vectors, 0 if only one is.
    private static func cosine(_ a: [Float], _ b: [Float]) -> Double {
        var (dot, squareA, squareB) = (0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            dot += Double(x) * Double(y)
            squareA += Double(x) * Double(x)
            squareB += Double(y) * Double(y)
        }
        guard squareA > 0, squareB > 0 else { return squareA == squareB ? 1 : 0 }
        return dot / (squareA * squareB).squareRoot()
    }
}

extension QuantizationQuality {
    /// As the record holds it.
    var json: JSONValue {
        func number(_ value: Double) -> JSONValue { .number(JSONNumber(value)) }
        return [
            "bar": ["cosine": number(bar.cosine), "spearman": number(bar.spearman)],
            "vectors": .number(JSONNumber(vectorCount)), "scores": .number(JSONNumber(scoreCount)),
            "networks": .array(
                comparisons.map { one in
                    [
                        "name": .string(one.name), "mean_cosine": number(one.meanCosine),
                        "least_cosine": number(one.leastCosine), "largest_error": number(one.largestError),
                        "mean_error": number(one.meanError), "spearman": number(one.spearman),
                        "kendall": number(one.kendall),
                    ]
                }),
        ]
    }

    /// From a record; nil if it is not what `json` makes.
    init?(_ value: JSONValue) {
        guard let cosine = value["bar"]?["cosine"]?.double, let spearman = value["bar"]?["spearman"]?.double,
            let networks = value["networks"]?.array
        else { return nil }
        bar = Bar(cosine: cosine, spearman: spearman)
        vectorCount = value["vectors"]?.int ?? 0
        scoreCount = value["scores"]?.int ?? 0
        comparisons = networks.prefix(16).compactMap { one in
            guard let name = one["name"]?.string else { return nil }
            func number(_ key: String) -> Double { one[key]?.double ?? 0 }
            return Comparison(
                name: name, meanCosine: number("mean_cosine"), leastCosine: number("least_cosine"),
                largestError: number("largest_error"), meanError: number("mean_error"), spearman: number("spearman"),
                kendall: number("kendall"))
        }
    }
}

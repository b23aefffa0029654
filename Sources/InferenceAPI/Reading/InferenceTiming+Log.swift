import Inference

extension Duration {
    /// Whole milliseconds, cut.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}

extension InferenceTiming {
    /// What the request's log line says of the engine's work: which model, how much, and where the time went.
    func logFields(model: String, texts: Int) -> [(key: String, value: String)] {
        func milliseconds(_ duration: Duration) -> String {
            let microseconds = duration.components.attoseconds / 1_000_000_000_000 % 1000
            let digits = String(microseconds)
            return "\(duration.wholeMilliseconds)." + String(repeating: "0", count: 3 - digits.count) + digits
        }
        return [
            ("model", model), ("texts", String(texts)), ("tokens", String(tokenCount)),
            ("tokenization_ms", milliseconds(tokenization)), ("queue_ms", milliseconds(queue)),
            ("inference_ms", milliseconds(inference)),
        ]
    }
}

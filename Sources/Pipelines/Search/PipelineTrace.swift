public import JSON

/// What each processor of a search got and gave: `processor_results` of `verbose_pipeline`.
public struct PipelineTrace: Sendable {
    /// Whether it is kept.
    public let isOn: Bool
    /// One object a processor, in the order they ran.
    public private(set) var results: [JSONValue] = []

    /// A trace that is kept or not.
    public init(isOn: Bool) { self.isOn = isOn }

    /// Runs a processor.
    ///
    /// - Throws: What the processor throws, unless it may fail.
    mutating func run(
        _ type: String, _ tag: String?, _ ignoresFailure: Bool, input: @autoclosure () -> JSONValue,
        _ body: () throws -> JSONValue
    ) throws {
        let begin = ContinuousClock.now
        let before = isOn ? input() : .null
        do {
            let output = try body()
            if isOn { add(type, tag, begin, "success", before, output, nil) }
        } catch {
            if isOn { add(type, tag, begin, "fail", before, nil, "\(error)") }
            if !ignoresFailure { throw error }
        }
    }

    private mutating func add(
        _ type: String, _ tag: String?, _ begin: ContinuousClock.Instant, _ status: String, _ input: JSONValue,
        _ output: JSONValue?, _ error: String?
    ) {
        let elapsed = (ContinuousClock.now - begin).components
        let milliseconds = Int(elapsed.seconds) * 1000 + Int(elapsed.attoseconds / 1_000_000_000_000_000)
        var result: JSONObject = ["processor_name": .string(type)]
        if let tag { result["tag"] = .string(tag) }
        result["duration_millis"] = .number(JSONNumber(milliseconds))
        result["status"] = .string(status)
        if let error { result["error"] = .string(error) }
        result["input_data"] = input
        result["output_data"] = output ?? .null
        results.append(.object(result))
    }
}

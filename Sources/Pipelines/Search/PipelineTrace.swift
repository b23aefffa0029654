public import JSON
import Querying

/// What each processor of a search got and gave: `processor_results` of `verbose_pipeline`.
public struct PipelineTrace: Sendable {
    /// Whether it is kept.
    public let isOn: Bool
    /// One object a processor, in the order they ran.
    public private(set) var results: [JSONValue] = []

    /// A trace that is kept or not.
    public init(isOn: Bool) { self.isOn = isOn }

    /// Notes what a processor did.
    ///
    /// - Parameter output: what it gave, or why it gave nothing.
    mutating func add(
        _ type: String, _ tag: String?, _ elapsed: Duration, input: JSONValue, output: Result<JSONValue, any Error>
    ) {
        var result: JSONObject = ["processor_name": .string(type)]
        if let tag { result["tag"] = .string(tag) }
        result["duration_millis"] = .number(JSONNumber(elapsed.milliseconds))
        switch output {
        case .success(let output):
            result["status"] = "success"
            result["input_data"] = input
            result["output_data"] = output
        case .failure(let error):
            result["status"] = "fail"
            result["error"] = .string((error as? PipelineError)?.reason ?? "\(error)")
            result["input_data"] = input
            result["output_data"] = .null
        }
        results.append(.object(result))
    }
}

import JSON

/// The value of `InputPath` or `OutputPath`.
enum DataPath: Sendable, Hashable {
    /// `$`, or no such field.
    case whole
    /// `null`: an empty object.
    case nothing
    case path(JSONPath)

    /// What the path selects.
    ///
    /// - Throws: ``TaskFault`` `States.Runtime` if it selects nothing, as in Step Functions.
    func value(in data: StateData) throws(TaskFault) -> JSONValue {
        switch self {
        case .whole: return data.input
        case .nothing: return .object(JSONObject())
        case .path(let path):
            do throws(DataFault) { return try path.value(in: data) } catch { throw TaskFault(.runtime, error.reason) }
        }
    }
}

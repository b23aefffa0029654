import JSON

/// One state of a state machine.
struct State: Sendable {
    /// What follows a state.
    enum Transition: Sendable, Hashable {
        case next(String)
        case end
    }

    indirect enum Kind: Sendable {
        case task(TaskState)
        case pass(result: JSONValue?)
        case choice([ChoiceBranch], default: String?)
        case wait(WaitMoment)
        case succeed
        case fail(error: FailText, cause: FailText)
        case parallel([StateGraph])
        case map(MapState)
    }

    var name: String
    var type: StateType
    var comment: String?
    var kind: Kind
    var inputPath = DataPath.whole
    var outputPath = DataPath.whole
    /// `Parameters`, or the `ItemSelector` of a `Map`.
    var parameters: PayloadTemplate?
    var resultSelector: PayloadTemplate?
    var resultPlace = ResultPlace.whole
    /// `nil` of the types that have none.
    var transition: Transition?
    var retriers: [Retrier] = []
    var catchers: [Catcher] = []

    /// The states machines inside.
    var inner: [StateGraph] {
        switch kind {
        case .parallel(let branches): branches
        case .map(let map): [map.processor]
        default: []
        }
    }
}

/// The eight types of states.
public enum StateType: String, Sendable, Hashable, CaseIterable {
    /// Does work.
    case task = "Task"
    /// Passes its input on, or a value.
    case pass = "Pass"
    /// Chooses what comes next.
    case choice = "Choice"
    /// Waits.
    case wait = "Wait"
    /// Ends the execution with success.
    case succeed = "Succeed"
    /// Ends the execution with an error.
    case fail = "Fail"
    /// Runs branches side by side.
    case parallel = "Parallel"
    /// Runs the same states for each element of an array.
    case map = "Map"
}

/// A number that is given, or found by a path at run time.
enum NumberField: Sendable, Hashable {
    case value(Int)
    case path(JSONPath)

    /// The number.
    func value(in data: StateData, of field: String, in range: ClosedRange<Int>) throws(TaskFault) -> Int {
        switch self {
        case .value(let value): return value
        case .path(let path):
            let found: JSONValue
            do throws(DataFault) { found = try path.value(in: data) } catch { throw TaskFault(.runtime, error.reason) }
            guard let number = found.int, range.contains(number) else {
                throw TaskFault(
                    .runtime,
                    "\(field) '\(path.text)' gives no whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }
}

struct TaskState: Sendable {
    /// The key of the handler.
    var handler: String
    /// `Resource` as it is written.
    var resource: String
    var timeout: NumberField?
    var heartbeat: NumberField?
}

struct MapState: Sendable {
    var itemsPath: JSONPath?
    var processor: StateGraph
    /// 0 for no limit.
    var maxConcurrency: NumberField
}

enum WaitMoment: Sendable, Hashable {
    case seconds(NumberField)
    case timestamp(Timestamp)
    case timestampPath(JSONPath)
}

/// `Error` and `Cause` of a `Fail` state.
enum FailText: Sendable, Hashable {
    case none
    case text(String)
    case computed(Intrinsic)
}

/// A rule of `Retry`.
struct Retrier: Sendable, Hashable {
    var errors: [String]
    var interval = 1
    var maxAttempts = 3
    var backoffRate = 2.0
    var maxDelay: Int?
    var hasFullJitter = false

    /// How long to wait before a retry, in seconds.
    ///
    /// - Parameters:
    ///   - retry: Which retry of this rule it is, from 0.
    ///   - part: A number from 0 to 1 that stands for chance, for `"JitterStrategy": "FULL"`.
    func delay(before retry: Int, part: Double) -> Double {
        var delay = Double(interval)
        for _ in 0..<retry {
            delay *= backoffRate
            if delay > 99_999_999 { break }
        }
        delay = min(delay, Double(maxDelay ?? 99_999_999))
        return hasFullJitter ? delay * part : delay
    }
}

/// A rule of `Catch`.
struct Catcher: Sendable, Hashable {
    var errors: [String]
    var next: String
    var resultPlace = ResultPlace.whole
}

extension TaskFault {
    /// Whether the names in `ErrorEquals` match this error.
    ///
    /// - Parameter isOfBranch: Whether it came out of a branch or an iteration, which `States.BranchFailed` matches as well.
    func matches(_ names: [String], isOfBranch: Bool) -> Bool {
        names.contains { name in
            if name == error { return true }
            switch ReservedError(rawValue: name) {
            case .all: return !ReservedError.isTerminal(error)
            case .taskFailed:
                return !ReservedError.isTerminal(error) && error != ReservedError.timeout.rawValue
                    && error != ReservedError.heartbeatTimeout.rawValue
            case .branchFailed: return isOfBranch && !ReservedError.isTerminal(error)
            // A heartbeat that is missed is a timeout, too.
            case .timeout: return error == ReservedError.heartbeatTimeout.rawValue
            default: return false
            }
        }
    }
}

import JSON
import RandomNumbers

extension Interpreter {
    /// Does what a state does and leaves it.
    func run(
        _ visit: StateVisit
    ) async throws -> (output: JSONValue, transition: State.Transition, exited: HistoryEvent) {
        let state = visit.state
        do {
            let (output, transition, last, retry) = try await work(visit)
            if state.type == .succeed || state.type == .choice || state.type == .pass || state.type == .wait {
                return (output, transition, last)
            }
            return try leave(visit, after: last) { () throws(TaskFault) in
                (try visit.output(of: output, retry: retry), transition)
            }
        } catch let failure as StateFailure {
            let catcher = state.catchers.first { failure.fault.matches($0.errors, isOfBranch: failure.isOfBranch) }
            guard let catcher else { throw failure }
            return try leave(visit, after: failure.event) { () throws(TaskFault) in
                let error: JSONValue = ["Error": .string(failure.fault.error), "Cause": .string(failure.fault.cause)]
                return (try catcher.resultPlace.put(error, into: visit.input), .next(catcher.next))
            }
        }
    }

    /// Ends a state with an output, unless the history has done so with the same.
    private func leave(
        _ visit: StateVisit, after last: HistoryEvent,
        _ make: () throws(TaskFault) -> (JSONValue, State.Transition)
    ) throws -> (output: JSONValue, transition: State.Transition, exited: HistoryEvent) {
        let (made, transition): (JSONValue, State.Transition)
        do throws(TaskFault) {
            (made, transition) = try make()
            try StateVisit.checkSize(made, "the output of '\(visit.state.name)'")
        } catch {
            throw StateFailure(fault: error, event: last)
        }
        let kind: HistoryEvent.Kind =
            switch visit.state.type {
            case .task: .taskStateExited
            case .pass: .passStateExited
            case .choice: .choiceStateExited
            case .wait: .waitStateExited
            case .succeed, .fail: .succeedStateExited
            case .parallel: .parallelStateExited
            case .map: .mapStateExited
            }
        let exited = try step(kind, after: last, ["name": .string(visit.state.name), "output": made])
        return (exited.details["output"] ?? made, transition, exited)
    }

    /// The work of a state: its result, and the last event of it.
    ///
    /// States that do nothing but data are left here, too; of the others the result is returned.
    private func work(
        _ visit: StateVisit
    ) async throws -> (result: JSONValue, transition: State.Transition, last: HistoryEvent, retry: Int) {
        let state = visit.state
        let transition = state.transition ?? .end
        func leaving(
            _ make: () throws(TaskFault) -> (JSONValue, State.Transition)
        ) throws -> (JSONValue, State.Transition, HistoryEvent, Int) {
            let (output, transition, exited) = try leave(visit, after: visit.entered, make)
            return (output, transition, exited, 0)
        }
        switch state.kind {
        case .task(let task):
            let (result, last, retry) = try await retrying(visit) { retry, last in
                try await attempt(task, visit, retry: retry, after: last)
            }
            return (result, transition, last, retry)
        case .parallel(let branches):
            let (result, last, retry) = try await retrying(visit) { retry, last in
                try await attempt(branches, visit, retry: retry, after: last)
            }
            return (result, transition, last, retry)
        case .map(let map):
            let (result, last, retry) = try await retrying(visit) { retry, last in
                try await attempt(map, visit, retry: retry, after: last)
            }
            return (result, transition, last, retry)
        case .pass(let result):
            return try leaving { () throws(TaskFault) in
                let input = try visit.effectiveInput()
                let parameters = try state.parameters?.value(in: visit.data(input)) ?? input
                return (try visit.output(of: result ?? parameters), transition)
            }
        case .succeed:
            return try leaving { () throws(TaskFault) in
                (try state.outputPath.value(in: visit.data(visit.effectiveInput())), .end)
            }
        case .choice(let branches, let standard):
            return try leaving { () throws(TaskFault) in
                let input = try visit.effectiveInput()
                let data = visit.data(input)
                var next = standard
                for branch in branches where try branch.rule.holds(in: data) {
                    next = branch.next
                    break
                }
                guard let next else {
                    throw TaskFault(.noChoiceMatched, "no rule of '\(state.name)' holds, and there is no Default")
                }
                return (try state.outputPath.value(in: data), .next(next))
            }
        case .wait(let moment):
            try await wait(moment, visit)
            return try leaving { () throws(TaskFault) in
                (try state.outputPath.value(in: visit.data(visit.effectiveInput())), transition)
            }
        case .fail(let error, let cause):
            let fault: TaskFault
            do throws(TaskFault) {
                fault = TaskFault(
                    error: try Self.text(error, visit, "ErrorPath"), cause: try Self.text(cause, visit, "CausePath"))
            } catch let failed {
                fault = failed
            }
            throw StateFailure(fault: fault, event: visit.entered)
        }
    }

    private static func text(_ text: FailText, _ visit: StateVisit, _ field: String) throws(TaskFault) -> String {
        switch text {
        case .none: return ""
        case .text(let text): return text
        case .computed(let intrinsic):
            let value = try intrinsic.value(in: visit.data(visit.input))
            guard let text = value.string else {
                throw TaskFault(.runtime, "\(field) of '\(visit.state.name)' gives \(value.typeName), not a string")
            }
            return text
        }
    }

    private func wait(_ moment: WaitMoment, _ visit: StateVisit) async throws {
        guard !isRecorded(after: visit.entered) else { return }
        let end: Timestamp
        do throws(TaskFault) {
            let data = visit.data(try visit.effectiveInput())
            switch moment {
            case .timestamp(let moment): end = moment
            case .seconds(let seconds):
                let count = try seconds.value(in: data, of: "SecondsPath", in: 0...DefinitionReader.mostSeconds)
                end = visit.entered.timestamp.advanced(bySeconds: Double(count))
            case .timestampPath(let path):
                let value: JSONValue
                do throws(DataFault) { value = try path.value(in: data) } catch {
                    throw TaskFault(.runtime, error.reason)
                }
                guard let moment = value.string.flatMap({ Timestamp($0) }) else {
                    throw TaskFault(
                        .runtime, "TimestampPath '\(path.text)' gives no moment such as 2026-03-14T01:59:00Z")
                }
                end = moment
            }
        } catch {
            throw StateFailure(fault: error, event: visit.entered)
        }
        try await clock.sleep(until: end)
        try checkStop()
    }

    /// Attempts as `Retry` has them.
    private func retrying(
        _ visit: StateVisit,
        _ attempt: (_ retry: Int, _ last: HistoryEvent) async throws -> (result: JSONValue, last: HistoryEvent)
    ) async throws -> (result: JSONValue, last: HistoryEvent, retry: Int) {
        let rules = visit.state.retriers
        var counts = [Int](repeating: 0, count: rules.count)
        var last = visit.entered
        var retry = 0
        while true {
            do {
                let (result, event) = try await attempt(retry, last)
                return (result, event, retry)
            } catch let failure as StateFailure {
                guard failure.isRetriable,
                    let rule = rules.firstIndex(where: {
                        failure.fault.matches($0.errors, isOfBranch: failure.isOfBranch)
                    }), counts[rule] < rules[rule].maxAttempts
                else { throw failure }
                // Chance that is the same when the wait is taken up again.
                var chance = SplitMix(
                    seed: UInt64(bitPattern: failure.event.timestamp.milliseconds) ^ UInt64(failure.event.id) << 48)
                let delay = rules[rule].delay(before: counts[rule], part: Double.random(in: 0...1, using: &chance))
                counts[rule] += 1
                retry += 1
                last = failure.event
                if !isRecorded(after: last) {
                    try await clock.sleep(until: last.timestamp.advanced(bySeconds: delay))
                    try checkStop()
                }
            }
        }
    }
}

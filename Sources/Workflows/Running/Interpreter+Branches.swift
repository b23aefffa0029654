import JSON

extension Interpreter {
    /// How many iterations run at once where `MaxConcurrency` is 0, as in Step Functions.
    private static var mostIterations: Int { 40 }

    /// One attempt of a `Parallel` state.
    func attempt(
        _ branches: [StateGraph], _ visit: StateVisit, retry: Int, after last: HistoryEvent
    ) async throws -> (result: JSONValue, last: HistoryEvent) {
        let input: JSONValue
        do throws(TaskFault) {
            let effective = try visit.effectiveInput(retry: retry)
            input = try visit.state.parameters?.value(in: visit.data(effective, retry: retry)) ?? effective
        } catch {
            throw StateFailure(fault: error, event: last)
        }
        let started = try step(.parallelStateStarted, after: last)
        try checkFailure(.parallelStateFailed, of: started)
        let results: [(output: JSONValue, last: HistoryEvent)]
        do {
            results = try await sideBySide(branches.count, atOnce: branches.count) { index in
                try await run(branches[index], input: input, after: started, scope: visit.scope)
            }
        } catch let failure as StateFailure {
            let failed = try step(.parallelStateFailed, after: failure.event, Self.details(failure.fault))
            throw StateFailure(fault: failure.fault, event: failed, isRetriable: true, isOfBranch: true)
        }
        let succeeded = try step(.parallelStateSucceeded, after: results.last?.last ?? started)
        return (.array(results.map(\.output)), succeeded)
    }

    /// One attempt of a `Map` state.
    func attempt(
        _ map: MapState, _ visit: StateVisit, retry: Int, after last: HistoryEvent
    ) async throws -> (result: JSONValue, last: HistoryEvent) {
        let name = JSONValue.string(visit.state.name)
        let effective: JSONValue
        let items: [JSONValue]
        let most: Int
        do throws(TaskFault) {
            effective = try visit.effectiveInput(retry: retry)
            let data = visit.data(effective, retry: retry)
            items = try Self.items(map, data)
            most = try map.maxConcurrency.value(in: data, of: "MaxConcurrencyPath", in: 0...1_000_000)
        } catch {
            throw StateFailure(fault: error, event: last)
        }
        let started = try step(.mapStateStarted, after: last, ["length": .number(JSONNumber(items.count))])
        try checkFailure(.mapStateFailed, of: started)
        let results: [(output: JSONValue, last: HistoryEvent)]
        do {
            results = try await sideBySide(items.count, atOnce: most == 0 ? Self.mostIterations : most) { index in
                let place: JSONObject = ["name": name, "index": .number(JSONNumber(index))]
                let began = try step(.mapIterationStarted, after: started, place)
                do {
                    var scope = visit.scope
                    scope["Map"] = ["Item": ["Index": .number(JSONNumber(index)), "Value": items[index]]]
                    let itemVisit = StateVisit(
                        state: visit.state, entered: visit.entered, input: visit.input, scope: scope)
                    let item: JSONValue
                    do throws(TaskFault) {
                        item =
                            try visit.state.parameters?.value(in: itemVisit.data(effective, retry: retry))
                            ?? items[index]
                        try StateVisit.checkSize(item, "an item of '\(visit.state.name)'")
                    } catch {
                        throw StateFailure(fault: error, event: began)
                    }
                    let (output, last) = try await run(map.processor, input: item, after: began, scope: scope)
                    return (output, try step(.mapIterationSucceeded, after: last, place))
                } catch let failure as StateFailure {
                    let failed = try step(.mapIterationFailed, after: failure.event, place)
                    throw StateFailure(fault: failure.fault, event: failed)
                }
            }
        } catch let failure as StateFailure {
            let failed = try step(.mapStateFailed, after: failure.event, Self.details(failure.fault))
            throw StateFailure(fault: failure.fault, event: failed, isRetriable: true, isOfBranch: true)
        }
        let succeeded = try step(.mapStateSucceeded, after: results.last?.last ?? started)
        return (.array(results.map(\.output)), succeeded)
    }

    /// Throws the failure of an attempt that the history tells: which of several failures came first is not asked again.
    private func checkFailure(_ kind: HistoryEvent.Kind, of started: HistoryEvent) throws {
        guard let failed = history.index.failure(kind, of: started) else { return }
        let fault = TaskFault(error: failed.error ?? "", cause: failed.cause ?? "")
        throw StateFailure(fault: fault, event: failed, isRetriable: true, isOfBranch: true)
    }

    private static func details(_ fault: TaskFault) -> JSONObject {
        ["error": .string(fault.error), "cause": .string(fault.cause)]
    }

    private static func items(_ map: MapState, _ data: StateData) throws(TaskFault) -> [JSONValue] {
        var value = data.input
        if let path = map.itemsPath {
            do throws(DataFault) { value = try path.value(in: data) } catch { throw TaskFault(.runtime, error.reason) }
        }
        guard let items = value.array else {
            throw TaskFault(
                .runtime, "ItemsPath '\(map.itemsPath?.text ?? "$")' gives \(value.typeName), not an array of items")
        }
        return items
    }

    /// Does several things at the same time; the first failure ends the others.
    ///
    /// - Returns: What each has made, in order.
    private func sideBySide<Result: Sendable>(
        _ count: Int, atOnce most: Int, _ work: @escaping @Sendable (_ index: Int) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: count)
            var next = 0
            func begin() {
                guard next < count else { return }
                let index = next
                next += 1
                group.addTask { (index, try await work(index)) }
            }
            for _ in 0..<min(most, count) { begin() }
            while let (index, result) = try await group.next() {
                results[index] = result
                begin()
            }
            return results.compactMap { $0 }
        }
    }
}

import JSON

/// Makes states of a document, and gathers all its faults.
struct DefinitionReader {
    let list = FaultList()
    /// Names that were met, with their places: they are unique in a whole state machine.
    private var names: [String: String] = [:]

    /// The longest name of a state, as in Step Functions.
    static let longestName = 80
    /// The largest number of seconds, as in Step Functions.
    static let mostSeconds = 99_999_999

    mutating func machine(_ json: JSONValue) -> (body: StateGraph, timeout: Int?, comment: String?)? {
        guard var fields = FieldReader(json, at: "", title: "a state machine", list) else { return nil }
        let comment = fields.string("Comment")
        if let version = fields.string("Version"), version != "1.0" {
            fields.fault("Version", "only version 1.0 is known")
        }
        queryLanguage(&fields)
        let timeout = fields.integer("TimeoutSeconds", in: 1...Self.mostSeconds)
        let body = graph(&fields)
        fields.finish()
        return (body, timeout, comment)
    }

    func queryLanguage(_ fields: inout FieldReader) {
        if let language = fields.string("QueryLanguage"), language != "JSONPath" {
            fields.fault("QueryLanguage", "only JSONPath is supported, not '\(language)'")
        }
    }

    /// Reads `StartAt` and `States`.
    mutating func graph(_ fields: inout FieldReader) -> StateGraph {
        let startAt = fields.string("StartAt", isRequired: true) ?? ""
        var states: [State] = []
        let place = fields.place(of: "States")
        switch fields.value("States") {
        case .object(let object):
            if object.isEmpty { list.add(place, "there are no states") }
            for (name, value) in object {
                let inner = "\(place).\(name)"
                if name.isEmpty || name.count > Self.longestName {
                    list.add(inner, "the name of a state has 1 to \(Self.longestName) characters")
                }
                if let other = names[name] {
                    list.add(
                        inner, "the name '\(name)' is taken by \(other); names are unique in the whole state machine")
                }
                names[name] = inner
                if let state = state(name, value, at: inner) { states.append(state) }
            }
            let graph = StateGraph(startAt: startAt, states: states)
            if states.count == object.count { checkTransitions(of: graph, fields, place) }
            return graph
        case nil: fields.missing("States")
        case let value?: list.add(place, "the states are an object of objects by their names, not \(value.typeName)")
        }
        return StateGraph(startAt: startAt, states: states)
    }

    private func checkTransitions(of graph: StateGraph, _ fields: FieldReader, _ place: String) {
        guard !graph.startAt.isEmpty, !graph.states.isEmpty else { return }
        guard graph[graph.startAt] != nil else {
            return fields.fault("StartAt", "there is no state '\(graph.startAt)'")
        }
        var isWhole = true
        for state in graph.states {
            for (field, target) in state.targets where graph[target] == nil {
                list.add("\(place).\(state.name).\(field)", "there is no state '\(target)'")
                isWhole = false
            }
        }
        guard isWhole else { return }
        var reached: Set<String> = [graph.startAt]
        var waiting = [graph.startAt]
        while let name = waiting.popLast() {
            for (_, target) in graph[name]?.targets ?? [] where reached.insert(target).inserted {
                waiting.append(target)
            }
        }
        for state in graph.states where !reached.contains(state.name) {
            list.add("\(place).\(state.name)", "the state cannot be reached from '\(graph.startAt)'")
        }
        let canEnd = graph.states.contains { reached.contains($0.name) && $0.isTerminal }
        if !canEnd { list.add(place, "no state ends this: one needs \"End\": true, or the type Succeed or Fail") }
    }
}

extension State {
    /// The states that may follow, with the fields that name them.
    var targets: [(field: String, name: String)] {
        var targets: [(field: String, name: String)] = []
        if case .next(let name) = transition { targets.append(("Next", name)) }
        if case .choice(let branches, let standard) = kind {
            targets += branches.enumerated().map { ("Choices[\($0)].Next", $1.next) }
            if let standard { targets.append(("Default", standard)) }
        }
        targets += catchers.enumerated().map { ("Catch[\($0)].Next", $1.next) }
        return targets
    }

    /// Whether the state machine ends behind it.
    var isTerminal: Bool { transition == .end || type == .succeed || type == .fail }
}

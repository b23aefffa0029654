/// States and where they begin: a whole state machine, a branch of a `Parallel` state, or what a `Map` state does with an element.
struct StateGraph: Sendable {
    var startAt: String
    /// In the order of the document.
    var states: [State]
    private let places: [String: Int]

    init(startAt: String, states: [State]) {
        self.startAt = startAt
        self.states = states
        places = Dictionary(states.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The state of a name.
    subscript(name: String) -> State? { places[name].map { states[$0] } }

    /// The names of the states that are reached without an error that is caught, those inside of other states with them.
    var usualStates: Set<String> {
        var reached: Set<String> = []
        var waiting = [startAt]
        while let name = waiting.popLast() {
            guard let state = self[name], reached.insert(name).inserted else { continue }
            if case .next(let next) = state.transition { waiting.append(next) }
            if case .choice(let branches, let other) = state.kind {
                waiting += branches.map(\.next)
                if let other { waiting.append(other) }
            }
        }
        return states.flatMap(\.inner).reduce(into: reached) { $0.formUnion($1.usualStates) }
    }

    /// All states, those inside of others behind them.
    var everyState: [State] { states.flatMap { [$0] + $0.inner.flatMap(\.everyState) } }
}

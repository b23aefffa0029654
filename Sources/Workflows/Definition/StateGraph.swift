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

    /// All states, those inside of others behind them.
    var everyState: [State] { states.flatMap { [$0] + $0.inner.flatMap(\.everyState) } }
}

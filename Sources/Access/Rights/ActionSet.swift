/// Actions that are allowed: patterns of names such as `indices:data/read*`.
struct ActionSet: Sendable, Hashable {
    private let patterns: [WildcardPattern]

    /// Patterns and names of action groups; a group stands for its actions.
    init(_ texts: [String]) {
        patterns = ActionGroup.expanded(texts).map(WildcardPattern.init)
    }

    /// Whether every action is in it.
    var allowsEverything: Bool { patterns.contains(where: \.fitsEverything) }

    /// Whether an action is in it.
    func allows(_ action: String) -> Bool { patterns.contains { $0.fits(action) } }
}

/// How a graph is built, in the words of the `hnsw` method's parameters.
public struct GraphOptions: Sendable, Hashable {
    /// Links of a new vector on each level; up to twice as many on the lowest one.
    public var m: Int
    /// Candidates among which the links of a new vector are chosen.
    public var efConstruction: Int

    /// - Parameters:
    ///   - m: 2...512.
    ///   - efConstruction: at least `m` is used, at most 2³¹ - 1.
    public init(m: Int = 16, efConstruction: Int = 100) {
        self.m = min(512, max(2, m))
        self.efConstruction = min(Int(Int32.max), max(self.m, efConstruction))
    }
}

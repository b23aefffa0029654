/// The library that OpenSearch would build a field's graph with.
///
/// Here all are one implementation; the name decides what a method may ask for.
public enum VectorEngine: String, Sendable, Hashable, CaseIterable {
    /// The default.
    case faiss
    /// Lucene's own graphs.
    case lucene
    /// Deprecated by OpenSearch; the one engine with `l1` and `linf`.
    case nmslib

    /// The engine of a name, in any case of letters.
    init?(name: String) { self.init(rawValue: name.lowercased()) }
}

public import VectorIndex

/// How the dense vectors of a field are kept.
public struct VectorOptions: Sendable, Hashable {
    /// What the vectors are.
    public var field: VectorField
    /// How a graph is built where a segment has enough vectors; `nil`: never, all vectors are compared.
    public var graph: GraphOptions?

    /// Vectors of a kind, with a graph or without.
    public init(field: VectorField, graph: GraphOptions? = GraphOptions()) {
        self.field = field
        self.graph = graph
    }
}

import Mappings
import SparseIndex

/// Sparse queries in two phases: all documents are searched with the tokens of high weight, and the others rescore the best.
///
/// What OpenSearch's `neural_sparse_two_phase_processor` makes of a request: it reaches a `neural_sparse` query at the top, and those in the `should` of a
/// `bool` there, however deep.
struct TwoPhaseSearch {
    private let parameters: TwoPhaseParameters
    private let encodings: QueryEncodings
    private let mappings: [Mapping]
    /// What the second phase asks.
    private var rest: [Query] = []
    private var isReached = false

    private init(_ parameters: TwoPhaseParameters, _ encodings: QueryEncodings, _ mappings: [Mapping]) {
        self.parameters = parameters
        self.encodings = encodings
        self.mappings = mappings
    }

    /// The request with its first phase as query and its second as the last rescoring.
    ///
    /// - Throws: ``SearchError`` for fields with an approximate index, and windows that are too large.
    static func apply(
        _ request: SearchRequest, _ encodings: QueryEncodings, _ mappings: [Mapping]
    ) throws -> SearchRequest {
        guard let parameters = request.twoPhase, let query = request.query,
            request.sort.isEmpty || request.sort == [SortField(field: "_score")]
        else { return request }
        if case .maxRatio(0) = parameters.pruning { return request }
        var phases = TwoPhaseSearch(parameters, encodings, mappings)
        var request = request
        request.query = try phases.first(of: query, boost: 1)
        guard phases.isReached else { return request }
        let window: Int
        do { window = try parameters.window(size: request.size ?? 10) } catch {
            guard case .window(let size, let most) = error else { throw SearchError.illegalArgument("\(error)") }
            throw SearchError.illegalArgument(
                "The two-phase window size of neural_sparse_two_phase_processor should be [0,\(most)], but get the value of \(size)"
            )
        }
        guard !phases.rest.isEmpty, window > 0 else { return request }
        var second = BoolQuery()
        second.should = phases.rest
        // The first scores have been multiplied by the rescorings before.
        let weight = request.rescore.reduce(Float(1)) { $0 * $1.queryWeight }
        request.sort = []
        request.rescore.append(Rescore(windowSize: window, query: Query(.bool(second), boost: weight)))
        return request
    }

    /// The first phase of a query.
    ///
    /// - Parameter boost: of all queries around it.
    private mutating func first(of query: Query, boost: Float) throws -> Query {
        var query = query
        switch query.kind {
        case .bool(var bool):
            for i in bool.should.indices { bool.should[i] = try first(of: bool.should[i], boost: boost * query.boost) }
            query.kind = .bool(bool)
        case .neuralSparse(let sparse): return try split(sparse, query, boost)
        case .neural(let neural):
            guard mappings.contains(where: { $0.field(neural.field)?.features != nil }) else { break }
            return try split(neural.sparse, query, boost)
        default: break
        }
        return query
    }

    private mutating func split(_ sparse: NeuralSparseQuery, _ query: Query, _ boost: Float) throws -> Query {
        for mapping in mappings where mapping.field(sparse.field)?.features?.naming == .tokenNumbers {
            throw SearchError.illegalArgument(
                "Two phase search processor is not compatible with [seismic] field for now")
        }
        isReached = true
        guard let all = sparse.tokens ?? sparse.text.flatMap({ encodings.tokens(of: $0, by: sparse.encoder) }) else {
            throw sparse.encoder.unknown
        }
        // Places stand for tokens, so that none is lost.
        let features = all.enumerated().map { WeightedFeature(FeatureKey(id: UInt32($0.offset)), $0.element.weight) }
        let kept = Set(parameters.pruning.split(features).kept.map(\.key))
        func part(_ isKept: Bool) -> NeuralSparseQuery {
            var part = sparse
            part.tokens = zip(all, features).filter { kept.contains($1.key) == isKept }.map(\.0)
            return part
        }
        let pruned = part(false)
        if pruned.tokens?.isEmpty == false { rest.append(Query(.neuralSparse(pruned), boost: boost * query.boost)) }
        var first = query
        first.kind = .neuralSparse(part(true))
        return first
    }
}

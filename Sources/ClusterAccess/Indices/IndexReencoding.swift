public import JSON

/// Encodes the documents of an index with another model into a new index, and switches an alias to it.
///
/// The new index has the old mapping and a field for the encodings, a pipeline encodes while `_reindex` copies, the numbers of documents are compared, and one call
/// of `_aliases` switches. The old index stays as it was. Every step looks at what is there first, so that the work can be repeated after a crash at any
/// place. Documents that are written to the old index meanwhile are not followed.
public struct IndexReencoding: Sendable {
    /// What the model makes of a text.
    public enum Encoding: Sendable, Hashable {
        /// A vector of so many numbers; `space` is a space type of `knn_vector` such as `cosinesimil` or `innerproduct`.
        case dense(dimension: Int, space: String)
        /// Weights of tokens, in a `rank_features` field.
        case sparse
    }

    /// The index that is copied, or an alias of exactly one.
    public var source: String
    /// The model that encodes; it has to be deployed.
    public var model: String
    /// What the model makes.
    public var encoding: Encoding
    /// Which field each text field is encoded into: `["body": "body_embedding"]`.
    public var fields: [String: String]
    /// The index to be: by custom, the old name and the model's version.
    public var target: String
    /// The alias that is switched; nil for none.
    public var alias: String?
    /// The ingest pipeline that encodes, which the new index keeps for later writes; the name of the new index unless another one is given.
    public var pipeline: String
    /// Documents in a batch of the copy.
    public var batch = 100
    /// How long the copy may take.
    public var patience = Duration.seconds(24 * 3600)

    /// A re-encoding.
    public init(
        source: String, model: String, encoding: Encoding, fields: [String: String], target: String,
        alias: String? = nil
    ) {
        self.source = source
        self.model = model
        self.encoding = encoding
        self.fields = fields
        self.target = target
        self.alias = alias
        pipeline = target
    }

    /// What became of it.
    public struct Report: Sendable, Hashable {
        /// The index that was copied.
        public var source: String
        /// The new index.
        public var target: String
        /// The pipeline that encodes what is written to it.
        public var pipeline: String
        /// Documents in both.
        public var documents: Int
        /// The alias that leads to the new index; nil if none was asked for.
        public var alias: String?
        /// The indices to which the alias led before.
        public var aliasBefore: [String]

        /// The report as a document, for files and replies.
        public var json: JSONValue {
            [
                "source": .string(source), "index": .string(target), "pipeline": .string(pipeline),
                "documents": .number(JSONNumber(documents)), "alias": alias.map { .string($0) } ?? .null,
                "alias_before": .array(aliasBefore.map { .string($0) }),
            ]
        }
    }

    /// Makes the index, copies, compares, switches.
    ///
    /// - Throws: ``ClusterError``, with the cluster's own reason; `CancellationError`.
    public func run(
        on cluster: any SearchCluster, progress: @Sendable (ClusterProgress) -> Void = { _ in }
    ) async throws -> Report {
        throw ClusterError(.unsupported, cluster: cluster.name, reason: "re-encoding is not there yet")
    }
}

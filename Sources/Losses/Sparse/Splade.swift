public import Tensors

/// Another loss, plus what makes the vectors sparse: FLOPS regularisers for documents and queries.
///
/// `base + documentWeight * FLOPS(documents) + queryWeight * FLOPS(queries)` (Formal et al. 2022, https://arxiv.org/abs/2205.04733), where
/// FLOPS is the sum over columns of the squared mean of all the rows. Equal to sentence-transformers' `SpladeLoss` with its weight schedule.
public struct Splade: EmbeddingLoss {
    /// A regulariser's weight, and which rows it leaves alone.
    public struct Regularizer: Sendable, Hashable {
        /// What it is multiplied by, once the schedule is through.
        public var weight: Double
        /// Rows with at most this many places that are not zero count as zero; nil counts all rows.
        public var threshold: Int?

        /// A regulariser.
        public init(weight: Double, threshold: Int? = nil) {
            self.weight = weight
            self.threshold = threshold
        }
    }

    /// The loss that is regularised.
    public let base: any EmbeddingLoss
    /// For all columns but the queries.
    public var documents: Regularizer
    /// For the queries; nil for none, as with queries that are not trained.
    public var queries: Regularizer?
    /// Whether all columns are documents, the first one too; `queries` plays no part then.
    public var treatsQueriesAsDocuments: Bool
    /// Whether each column of documents has a FLOPS of its own, whose sum counts: OpenSearch's training of sparse models.
    public var separatesColumns: Bool
    /// How the weights grow.
    public var schedule: RegularizerSchedule
    /// Rows that the trainer encodes at a time; nil for what the base says.
    private let ownChunk: Int?
    /// The schedule's factor at the current step.
    private var factor = 1.0

    /// Wraps a loss.
    public init(
        _ base: any EmbeddingLoss, documents: Regularizer, queries: Regularizer? = nil,
        treatsQueriesAsDocuments: Bool = false, separatesColumns: Bool = false,
        schedule: RegularizerSchedule = RegularizerSchedule(), chunk: Int? = nil
    ) {
        self.base = base
        self.documents = documents
        self.queries = queries
        self.treatsQueriesAsDocuments = treatsQueriesAsDocuments
        self.separatesColumns = separatesColumns
        self.schedule = schedule
        ownChunk = chunk
    }

    /// The short name.
    public var name: String { ownChunk == nil ? "splade" : "cached-splade" }

    /// What the base wants.
    public var input: LossInput { base.input }

    /// Whether the base asks another model.
    public var needsGuide: Bool { base.needsGuide }

    /// Rows that the trainer encodes at a time; nil for whole batches.
    public var chunk: Int? { ownChunk ?? base.chunk }

    /// The loss with the weights of a step.
    public func scheduled(step: Int, of steps: Int) -> any EmbeddingLoss {
        var copy = Splade(
            base.scheduled(step: step, of: steps), documents: documents, queries: queries,
            treatsQueriesAsDocuments: treatsQueriesAsDocuments, separatesColumns: separatesColumns, schedule: schedule,
            chunk: ownChunk)
        copy.factor = schedule.factor(step: step, of: steps)
        return copy
    }

    /// Whether the base can be computed.
    public func check(width: Int) throws(LossError) { try base.check(width: width) }

    /// The loss of a batch; see `EmbeddingLoss`.
    public func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue {
        var parts = [LossValue.Part(name: "base_loss", value: base.evaluate(batch, gradients: gradients).total)]
        func add(_ regularizer: Regularizer, columns: [Range<Int>], name: String) {
            let weight = factor * regularizer.weight
            var sum = 0.0
            for columns in columns {
                let flops = FlopsRegularizer(Array(batch.columns[columns]), threshold: regularizer.threshold)
                sum += flops.value
                if !gradients.isEmpty { flops.addDerivatives(weight: weight, to: Array(gradients[columns])) }
            }
            parts.append(LossValue.Part(name: name, value: weight * sum))
        }
        let first = treatsQueriesAsDocuments ? 0 : 1
        let columns = first..<batch.columns.count
        add(
            documents, columns: separatesColumns ? columns.map { $0..<$0 + 1 } : [columns],
            name: "document_regularizer_loss")
        if let queries, !treatsQueriesAsDocuments {
            add(queries, columns: [0..<1], name: "query_regularizer_loss")
        }
        return LossValue(sumOf: parts)
    }
}

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif
public import Tensors

/// How far the student's distribution over a query's documents is from the teacher's: the Kullback-Leibler divergence.
///
/// The mean over rows of `sum of p log(p / q)`, times the student's temperature squared, with p the softmax of the labels over the teacher's
/// temperature and q that of the student's similarities over the student's (Lin et al. 2020, https://arxiv.org/abs/2010.11386).
/// Equal to sentence-transformers' `DistillKLDivLoss` (temperature 1) and `SparseDistillKLDivLoss` (temperature 2).
public struct DistillationKL: EmbeddingLoss {
    /// The short name.
    public var name: String { "kl" }
    /// How vectors are compared.
    public var similarity: Similarity
    /// What the student's similarities are divided by.
    public var studentTemperature: Double
    /// What the teacher's scores are divided by.
    public var teacherTemperature: Double

    /// Makes the loss; without arguments, that of sentence-transformers for dense models.
    public init(similarity: Similarity = .dot, studentTemperature: Double = 1, teacherTemperature: Double = 1) {
        self.similarity = similarity
        self.studentTemperature = studentTemperature
        self.teacherTemperature = teacherTemperature
    }

    /// Queries, two documents or more, a teacher's score for each.
    public var input: LossInput { LossInput(documents: 2...Int.max, labels: .perDocument) }

    /// The loss of a batch; see `EmbeddingLoss`.
    public func evaluate(_ batch: EmbeddingBatch, gradients: [MatrixView]) -> LossValue {
        let scores = PairScores(batch, PairMeasure(similarity))
        var derivatives: [Double] = []
        var total = 0.0
        let rows = Double(scores.rows)
        for row in 0..<scores.rows {
            let student = LogSumExp.logSoftmax(scores.row(row).map { $0 / studentTemperature })
            let labels = batch.labels.map { Array($0[row]) } ?? []
            let teacher = LogSumExp.logSoftmax(labels.map { Double($0) / teacherTemperature })
            for (q, p) in zip(student, teacher) {
                if exp(p) > 0 { total += exp(p) * (p - q) }
                derivatives.append((exp(q) - exp(p)) * studentTemperature / rows)
            }
        }
        scores.writeGradients(from: derivatives, to: gradients)
        return LossValue(total / rows * studentTemperature * studentTemperature)
    }
}

/// Which of a query's positive documents are trained on.
public enum PositiveChoice: String, Sendable, Hashable, CaseIterable {
    /// One example for each.
    case all
    /// The first of the file; of a BEIR folder, the first by the bytes of its id.
    case first
}

/// The order in which examples are trained on.
public enum ExampleOrder: String, Sendable, Hashable, CaseIterable {
    /// Another order for each epoch, the same on every machine.
    case shuffled
    /// As in the data.
    case sequential
}

/// The loss of a run.
public enum LossChoice: String, Sendable, Hashable, CaseIterable {
    /// Cross entropy of the positive among all documents of the batch (InfoNCE); cross-encoders: among its own and some of the batch.
    case multipleNegatives = "multiple_negatives"
    /// Squared difference to the teacher's margin between positive and negative (arXiv:2010.02666).
    case marginMSE = "margin_mse"
    /// Kullback-Leibler divergence from the teacher's distribution over the candidates.
    case klDivergence = "kl_divergence"
    /// The positive is to be nearer than the negative by a margin.
    case triplet
    /// Ranking of labelled pairs by their cosines.
    case coSENT = "cosent"
    /// Ranking of labelled pairs by their angles (arXiv:2309.12871).
    case angle = "angle"
    /// Distance of labelled pairs, 0 or 1 (Hadsell et al. 2006).
    case contrastive
    /// Cross-encoders: each pair by itself.
    case binaryCrossEntropy = "binary_cross_entropy"
    /// Cross-encoders: cross entropy between the distributions of labels and of logits over a list (Cao et al. 2007).
    case listNet = "list_net"
    /// Cross-encoders: pairs of a list, weighed by what their exchange would change of nDCG (Wang et al. 2018).
    case lambda
}

/// How vectors are compared in a loss.
public enum SimilarityChoice: String, Sendable, Hashable, CaseIterable {
    /// The cosine of their angle.
    case cosine
    /// Their dot product.
    case dot
    /// Their distance.
    case euclidean
}

/// The course of the learning rate behind its warm-up.
public enum ScheduleChoice: String, Sendable, Hashable, CaseIterable {
    /// Down to 0 in a straight line.
    case linear
    /// Down to 0 along half a cosine.
    case cosine
    /// Stays.
    case constant
}

/// The arithmetic of the matrix products of a training.
public enum TrainingPrecision: String, Sendable, Hashable, CaseIterable {
    /// 32-bit floating point: the reference.
    case fp32
    /// 16-bit brain floating point inputs, 32-bit sums and master weights.
    case bf16
}

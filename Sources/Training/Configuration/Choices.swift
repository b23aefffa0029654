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

/// The course of the learning rate behind its warm-up.
public enum ScheduleChoice: String, Sendable, Hashable, CaseIterable {
    /// Down to 0 in a straight line.
    case linear
    /// Down to 0 along half a cosine.
    case cosine
    /// Stays.
    case constant
}

/// What a sparse encoder makes of a logit `x`.
public enum SparseActivation: String, Sendable, Hashable, CaseIterable {
    /// `log(1 + relu(x))`.
    case relu
    /// `log(1 + log(1 + relu(x)))`: smaller weights, as OpenSearch's models of the third generation have them.
    case log1pReLU = "log1p_relu"
}

/// How far work with a cluster is.
public struct ClusterProgress: Sendable, Hashable {
    /// What is being done, for example `reading documents of books`.
    public var text: String
    /// How many units are done.
    public var done: Int
    /// How many there are; nil if that is not known.
    public var total: Int?
    /// What is counted: `documents`, `bytes`.
    public var unit: String

    /// A state of the work.
    public init(_ text: String, done: Int, total: Int? = nil, unit: String = "documents") {
        self.text = text
        self.done = done
        self.total = total
        self.unit = unit
    }
}

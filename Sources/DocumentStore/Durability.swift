/// When a write is answered: `index.translog.durability`.
public enum Durability: String, Sendable, Hashable {
    /// After the file has been synchronised.
    case request
    /// At once; the file is synchronised from time to time, and a loss of power loses what came since.
    case async
}

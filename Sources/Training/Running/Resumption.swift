/// Where a run begins.
public enum Resumption: Sendable, Hashable {
    /// At the beginning; an error if the output folder holds checkpoints already.
    case fresh
    /// At the last checkpoint of the output folder that is whole; at the beginning if there is none.
    case last
    /// At this checkpoint's folder.
    case checkpoint(String)
}

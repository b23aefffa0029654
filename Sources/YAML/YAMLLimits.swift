/// Bounds of what a YAML text may ask of the process that reads it.
public struct YAMLLimits: Sendable, Hashable {
    /// Bytes of the text.
    public var maximumBytes = 4 << 20
    /// Sequences and mappings within each other.
    public var maximumDepth = 64
    /// The size of the document with every alias written out: bytes of its scalars, and 16 for each node.
    ///
    /// Aliases of aliases grow a text of a few lines to any size ("billion laughs").
    public var maximumExpandedBytes = 32 << 20

    /// The defaults: ample for configuration files.
    public init() {}
}

/// How an index is read.
public struct ExtractionSettings: ParameterSection {
    /// Documents of a request.
    public var pageSize = 1_000
    /// How long the point in time is kept between two requests.
    public var keepAlive = "5m"
    /// Bytes of a text at most; longer texts are cut.
    public var maximumBytes = 100_000

    /// The defaults.
    public init() {}

    static var fields: [ParameterField<Self>] {
        [
            .integer("page_size", \.pageSize, in: 1...10_000, "Documents of a request."),
            .text("keep_alive", \.keepAlive, "How long the point in time is kept between two requests."),
            .integer(
                "max_bytes", \.maximumBytes, in: 100...10_000_000,
                "Bytes of a text at most; longer texts are cut, and counted."),
        ]
    }
}

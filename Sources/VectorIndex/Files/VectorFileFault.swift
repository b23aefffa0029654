/// Why stored vectors cannot be read.
public struct VectorFileFault: Error, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// What is wrong with it.
    public let reason: String

    /// One sentence.
    public var description: String { "\(file): \(reason); the vectors must be rebuilt from the documents" }
}

/// How much an ONNX file may ask for.
///
/// Each limit is named in the error that it causes.
public struct ONNXLimits: Sendable, Hashable {
    /// Most nodes, inputs, outputs, attributes and initialisers together.
    ///
    /// A BERT of 24 layers has some 20,000.
    public var maximumItems: Int

    /// Limits that fit every model we know.
    public init(maximumItems: Int = 1_000_000) {
        self.maximumItems = maximumItems
    }

    /// Limits that fit every model we know.
    public static let standard = ONNXLimits()
}

/// Weights to be written: a name, a shape, and floats that somebody else owns.
///
/// The memory must stay valid and unchanged until the call that was given the tensor returns. Nothing is copied before it is written.
public struct ModelTensor {
    /// The name, as the source file has it or as transformers writes it; prefixes such as `bert.` or `0.auto_model.` do not matter.
    public var name: String
    /// The size of each dimension, outermost first.
    public var shape: [Int]
    /// As many floats as the shape says, row-major.
    public var values: UnsafePointer<Float>

    /// Describes weights.
    public init(_ name: String, shape: [Int], values: UnsafePointer<Float>) {
        self.name = name
        self.shape = shape
        self.values = values
    }
}

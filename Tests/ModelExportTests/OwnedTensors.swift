import ModelExport
import ModelFiles

/// Floats in memory, as a trainer holds them; freed with this object.
final class OwnedTensors {
    private(set) var tensors: [ModelTensor] = []

    init() {}

    /// The floats of an archive, under its names.
    init(_ archive: WeightArchive, _ change: (String, inout [Float]) -> Void = { _, _ in }) throws {
        for tensor in archive.tensors {
            var values = try tensor.floats()
            change(tensor.name, &values)
            add(tensor.name, tensor.shape, values)
        }
    }

    func add(_ name: String, _ shape: [Int], _ values: [Float]) {
        let pointer = UnsafeMutablePointer<Float>.allocate(capacity: max(1, values.count))
        pointer.initialize(from: values, count: values.count)
        tensors.append(ModelTensor(name, shape: shape, values: pointer))
    }

    deinit {
        for tensor in tensors { tensor.values.deallocate() }
    }
}

import ModelFiles
import Testing

/// Expects the same names with the same types, shapes and values, bit by bit.
func expectSame(
    _ archive: WeightArchive, _ expected: WeightArchive, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    #expect(archive.names.sorted() == expected.names.sorted(), sourceLocation: sourceLocation)
    for tensor in expected.tensors {
        guard let found = archive[tensor.name] else { continue }
        #expect(found.elementType == tensor.elementType, "\(tensor.name)", sourceLocation: sourceLocation)
        #expect(found.shape == tensor.shape, "\(tensor.name)", sourceLocation: sourceLocation)
        let values = try found.floats().map(\.bitPattern)
        #expect(values == (try tensor.floats().map(\.bitPattern)), "\(tensor.name)", sourceLocation: sourceLocation)
    }
}

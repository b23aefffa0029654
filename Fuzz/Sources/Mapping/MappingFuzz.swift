import JSON
import Mappings
import SearchIndex
import TextAnalysis

/// Reads the input up to a zero byte as a mapping, and what follows as documents, which make it grow; what a mapping writes it must read
/// again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMapping(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let parts = input.split(separator: 0, maxSplits: 8, omittingEmptySubsequences: false)
    guard let json = try? JSONValue(parsing: Array(parts[0])), var mapping = try? Mapping(parsing: json) else {
        return 0
    }
    guard var parser = try? DocumentParser(mapping: mapping, analysis: .builtIn) else { return 0 }
    var document = IndexDocument()
    for (number, source) in parts.dropFirst().enumerated() {
        do {
            var rounds = 0
            while let update = try Array(source).withUnsafeBytes({
                try parser.parse($0, id: String(number), into: &document)
            }) {
                rounds += 1
                precondition(rounds < 1_000, "the mapping grows without end")
                mapping = try mapping.merging(update)
                parser = try DocumentParser(mapping: mapping, analysis: .builtIn)
            }
        } catch {
            precondition(!"\(error)".isEmpty)
        }
    }
    let written = mapping.json
    guard let again = try? Mapping(parsing: written, fieldNames: mapping.fieldNames) else {
        fatalError("cannot read back \(written.serialized())")
    }
    precondition(again.json == written, "\(written.serialized()) reads back as something else")
    return 0
}

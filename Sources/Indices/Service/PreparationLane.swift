import DocumentStore
import Mappings
import SearchIndex
import Synchronization
import TextAnalysis

/// What one thread needs to read documents by a mapping: a parser and room for a portion of parsed documents, used again and again.
final class PreparationLane: @unchecked Sendable {
    var parser: DocumentParser
    /// Documents of the portion, by place.
    var documents: [IndexDocument] = []

    init(_ mapping: Mapping, _ analysis: AnalysisRegistry) throws(MappingError) {
        parser = try DocumentParser(mapping: mapping, analysis: analysis)
    }

    /// Makes room for so many documents.
    func reserve(_ count: Int) {
        while documents.count < count { documents.append(IndexDocument()) }
    }

    /// Reads a source into the document at `place`.
    ///
    /// - Returns: What the document adds to the mapping, if anything; then it has to be read again by the new one.
    func parse(
        _ source: ArraySlice<UInt8>, id: String, routing: String?, place: Int
    ) throws(MappingError) -> MappingUpdate? {
        let outcome = source.withUnsafeBytes { bytes -> Result<MappingUpdate?, MappingError> in
            do throws(MappingError) {
                return .success(try parser.parse(bytes, id: id, routing: routing, into: &documents[place]))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}

/// Lanes that are not in use.
final class PreparationLanes: Sendable {
    private let idle = Mutex<[PreparationLane]>([])
    private static let idleLimit = 8

    /// A lane for a mapping; give it back when the portion is done.
    func take(_ mapping: Mapping, _ analysis: AnalysisRegistry) throws(MappingError) -> PreparationLane {
        if let lane = idle.withLock({ $0.popLast() }) {
            if lane.parser.mapping !== mapping {
                lane.parser = try DocumentParser(mapping: mapping, analysis: analysis)
            }
            return lane
        }
        return try PreparationLane(mapping, analysis)
    }

    /// Keeps a lane for the next portion.
    func giveBack(_ lane: PreparationLane) {
        idle.withLock { if $0.count < Self.idleLimit { $0.append(lane) } }
    }
}

import Synchronization
public import DocumentStore
public import Mappings
public import SearchIndex

extension IndexService {
    /// Why one operation was refused.
    ///
    /// Nothing of it is stored.
    public enum WriteFailure: Error, Sendable {
        /// The document that is there has another version than was asked for.
        case conflict(VersionConflict)
        /// The source does not fit the mapping.
        case mapping(MappingError)
        /// The source cannot be indexed.
        case document(IndexError)
        /// The disk or the metadata; the other operations of the call may have been stored.
        case unavailable(IndicesError)
    }

    /// What became of one operation.
    public typealias WriteResult = Result<DocumentOutcome, WriteFailure>

    /// Operations of one transaction at most; larger batches are cut, so that memory stays bounded and the disk works beside the processor.
    private static let portion = 2_000
    /// Bytes of sources in one transaction, about.
    private static let portionBytes = 8 << 20

    /// Applies operations in their order.
    ///
    /// When it returns, what succeeded is durable, as the index's durability says.
    ///
    /// - Returns: For each operation what became of it. A refused one does not touch the others.
    public func apply(_ operations: [DocumentOperation]) -> [WriteResult] {
        let start = ContinuousClock.now
        var results: [WriteResult] = []
        results.reserveCapacity(operations.count)
        var first = 0
        while first < operations.count {
            var end = first
            var bytes = 0
            while end < operations.count, end - first < Self.portion, bytes < Self.portionBytes {
                bytes += operations[end].source?.count ?? 0
                end += 1
            }
            results.append(contentsOf: applyPortion(operations[first..<end]))
            first = end
        }
        let nanoseconds = (ContinuousClock.now - start).nanoseconds
        state.withLock { state in
            state.counters.writeTime += nanoseconds
            for (operation, result) in zip(operations, results) {
                guard case .success = result else {
                    state.counters.failed += 1
                    continue
                }
                if operation.source == nil { state.counters.deleted += 1 } else { state.counters.indexed += 1 }
            }
        }
        return results
    }

    private func applyPortion(_ operations: ArraySlice<DocumentOperation>) -> [WriteResult] {
        let lane: PreparationLane
        do throws(MappingError) {
            lane = try lanes.take(mapping, analysis)
        } catch {
            return operations.map { _ in .failure(.mapping(error)) }
        }
        defer { lanes.giveBack(lane) }
        lane.reserve(operations.count)

        // What the mapping refuses is out; the rest keeps its place.
        var results: [WriteResult?] = Array(repeating: nil, count: operations.count)
        var accepted: [DocumentOperation] = []
        accepted.reserveCapacity(operations.count)
        var places: [Int] = []
        places.reserveCapacity(operations.count)
        for (place, operation) in operations.enumerated() {
            if let source = operation.source {
                do throws(WriteFailure) {
                    try prepare(source, operation, lane, place)
                } catch {
                    results[place] = .failure(error)
                    continue
                }
            }
            accepted.append(operation)
            places.append(place)
        }
        if !accepted.isEmpty {
            do throws(DocumentStoreError) {
                let receipt = try documents.write(accepted)
                index(receipt, accepted, places, lane)
                for (place, result) in zip(places, receipt.results) {
                    results[place] = result.mapError { .conflict($0) }
                }
            } catch {
                for place in places { results[place] = .failure(.unavailable(.documents(error))) }
            }
        }
        return results.map { $0! }
    }

    /// Reads a source, and grows the mapping as long as the document has something new for it.
    private func prepare(
        _ source: ArraySlice<UInt8>, _ operation: DocumentOperation, _ lane: PreparationLane, _ place: Int
    ) throws(WriteFailure) {
        // Another thread's change may come between; each round knows at least the fields of the round before.
        for _ in 0..<100 {
            let update: MappingUpdate?
            do throws(MappingError) {
                update = try lane.parse(source, id: operation.id, routing: operation.routing, place: place)
            } catch {
                throw .mapping(error)
            }
            guard let update else { return }
            do throws(IndicesError) {
                let grown = try merge(update)
                lane.parser = try parser(grown)
            } catch {
                if case .mapping(let error) = error { throw .mapping(error) }
                throw .unavailable(error)
            }
        }
        throw .mapping(MappingError(.illegalState, "the mapping changes with every attempt to index [\(operation.id)]"))
    }

    private func parser(_ mapping: Mapping) throws(IndicesError) -> DocumentParser {
        do throws(MappingError) {
            return try DocumentParser(mapping: mapping, analysis: analysis)
        } catch {
            throw .mapping(error)
        }
    }

    /// Brings what was stored into the segments, when it is its turn.
    private func index(
        _ receipt: WriteReceipt, _ operations: [DocumentOperation], _ places: [Int], _ lane: PreparationLane
    ) {
        var superseded: [Int64] = []
        var added: [Int] = []
        added.reserveCapacity(places.count)
        var last: Int64 = -1
        var bytes = 0
        for (at, result) in receipt.results.enumerated() {
            guard case .success(let outcome) = result else { continue }
            if let dead = outcome.superseded { superseded.append(dead) }
            if let source = operations[at].source {
                bytes += source.count
                lane.documents[places[at]].seqNo = outcome.seqNo
                added.append(places[at])
            }
            last = outcome.seqNo
        }
        order.run(receipt.ticket, following: !superseded.isEmpty) {
            let writer = state.withLock { state in
                // After the segments were opened again they may have the batch already: all of it, as it is one transaction.
                state.failure == nil && last > state.recoveredThrough ? state.writer : nil
            }
            do throws(IndexError) {
                try writer?.add(lane.documents, at: added)
                // What dies here may have come with this very batch.
                for seqNo in superseded { writer?.delete(seqNo: seqNo) }
            } catch {
                // It is stored, so it was successful; the segments are opened again and catch up.
                state.withLock { $0.failure = error }
            }
            state.withLock { state in
                if state.failure == nil { state.indexedThrough = max(state.indexedThrough, last) }
                state.unflushedBytes += bytes
                state.lastWrite = .now
            }
        }
    }

    // MARK: Reading by id

    /// The document with this id as it is now, visible or not.
    public func document(id: String) throws(IndicesError) -> StoredDocument? {
        let start = ContinuousClock.now
        do throws(DocumentStoreError) {
            let found = try documents.document(id: id)
            let nanoseconds = (ContinuousClock.now - start).nanoseconds
            state.withLock { state in
                state.counters.gets += 1
                state.counters.getsFound += found == nil ? 0 : 1
                state.counters.getTime += nanoseconds
            }
            return found
        } catch {
            throw .documents(error)
        }
    }
}

extension DocumentOperation {
    /// What it stores; `nil` for a delete.
    public var source: ArraySlice<UInt8>? {
        switch action {
        case .index(let source), .create(let source): source
        case .delete: nil
        }
    }
}

extension Duration {
    /// The whole time in nanoseconds.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}

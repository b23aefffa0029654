import CPostings

extension PostingsCursor {
    /// The next position of the term in the current document; at most ``frequency`` calls a document.
    ///
    /// Only of fields that keep positions.
    public func nextPosition() -> Int {
        if positionsDocument != document { seekPositions() }
        return Int(positions.next())
    }

    /// All positions of the term in the current document, ascending, less an offset (results may be negative).
    func positions(lessBy offset: Int, into target: PositionList) {
        seekPositions()
        target.removeAll(reserving: frequency)
        positions.read(frequency, lessBy: Int32(truncatingIfNeeded: offset), into: target)
    }

    private func seekPositions() {
        positionsDocument = document
        if sumIndex < index {
            sum &+= Int(truncatingIfNeeded: cp_sum(frequencies + sumIndex, index &- sumIndex))
            sumIndex = index
        }
        var blockOrdinal = 0, blockOffset = 0
        if let lastDocuments, indexing == .positions {
            blockOrdinal = Int(lastDocuments[3 * blockCount + 1 + block])
            blockOffset = Int(lastDocuments[4 * blockCount + 1 + block])
        }
        positions.seek(blockOrdinal &+ sum, from: blockOrdinal, at: blockOffset)
    }
}

/// The last word about an id: the document that is there, or the tombstone of the one that was.
struct Standing {
    let seqNo, version, primaryTerm: Int64
    let isDeleted: Bool

    /// Itself, if it is a document.
    var live: Standing? { isDeleted ? nil : self }
}

extension DocumentOperation {
    /// Why the operation may not be applied; `nil`: it may.
    func conflict(with standing: Standing?, mustBeNew: Bool) -> VersionConflict? {
        let live = standing?.live
        if mustBeNew, let live {
            return VersionConflict(
                id: id, reason: "document already exists (current version [\(live.version)])")
        }
        switch version {
        case .next: return nil
        case .ifLastChangedBy(let seqNo, let primaryTerm):
            guard let live else {
                return VersionConflict(
                    id: id,
                    reason:
                        "required seqNo [\(seqNo)], primary term [\(primaryTerm)]. but no document was found")
            }
            if live.seqNo == seqNo && live.primaryTerm == primaryTerm { return nil }
            return VersionConflict(
                id: id,
                reason: "required seqNo [\(seqNo)], primary term [\(primaryTerm)]. current document has seqNo "
                    + "[\(live.seqNo)] and primary term [\(live.primaryTerm)]")
        case .external(let version):
            guard let standing, standing.version >= version else { return nil }
            return VersionConflict(
                id: id,
                reason: "current version [\(standing.version)] is higher or equal to the one provided [\(version)]")
        case .externalOrEqual(let version):
            guard let standing, standing.version > version else { return nil }
            return VersionConflict(
                id: id,
                reason: "current version [\(standing.version)] is higher than the one provided [\(version)]")
        }
    }
}

extension VersionRule {
    /// The version that an operation gives, behind what is there.
    ///
    /// The highest version stays what it is.
    func next(after standing: Standing?) -> Int64 {
        switch self {
        case .external(let version), .externalOrEqual(let version): return version
        case .next, .ifLastChangedBy:
            let (next, isOver) = (standing?.version ?? 0).addingReportingOverflow(1)
            return isOver ? .max : next
        }
    }
}

import SQLite

extension WriteSession {
    /// Removes what some operations superseded; `last` is where to go on, `nil` at the end.
    func purge(
        after: Int64, through: Int64, tombstonesThrough: Int64, limit: Int = 2_000
    ) throws(DocumentStoreError) -> (removed: Int, last: Int64?) {
        // A tombstone that `current` does not know yet has to stay: its row is all that says so.
        let tombstonesThrough = min(tombstonesThrough, counters.idsThrough)
        return try translating { () throws(SQLiteError) in
            let list = try connection.cached(
                """
                SELECT s.by_seq_no, s.seq_no, d.id, d.source IS NULL FROM superseded s
                LEFT JOIN documents d ON d.seq_no = s.by_seq_no
                WHERE s.by_seq_no > ?1 AND s.by_seq_no <= ?2 ORDER BY s.by_seq_no LIMIT ?3
                """)
            try list.bind(1, after)
            try list.bind(2, through)
            try list.bind(3, Int64(limit))
            var entries: [(by: Int64, seqNo: Int64?, tombstone: String?)] = []
            while try list.step() {
                let isTombstone = !list.isNull(2) && list.integer(3) != 0
                entries.append(
                    (list.integer(0), list.isNull(1) ? nil : list.integer(1), isTombstone ? list.text(2) : nil))
            }
            list.reset()
            guard !entries.isEmpty else { return (0, nil) }
            let removeDocument = try connection.cached("DELETE FROM documents WHERE seq_no = ?1")
            let removeEntry = try connection.cached("DELETE FROM superseded WHERE by_seq_no = ?1")
            let keepTombstone = try connection.cached("UPDATE superseded SET seq_no = NULL WHERE by_seq_no = ?1")
            let removeCurrent = try connection.cached("DELETE FROM current WHERE id = ?1 AND seq_no = ?2")
            var removed = 0
            try connection.transaction { () throws(SQLiteError) in
                for entry in entries {
                    if let seqNo = entry.seqNo {
                        try removeDocument.bind(1, seqNo)
                        try removeDocument.run()
                        removed += connection.changes
                    }
                    if let id = entry.tombstone, entry.by > tombstonesThrough {
                        _ = id
                        guard entry.seqNo != nil else { continue }
                        try keepTombstone.bind(1, entry.by)
                        try keepTombstone.run()
                        continue
                    }
                    if let id = entry.tombstone {
                        try removeCurrent.bind(1, id)
                        try removeCurrent.bind(2, entry.by)
                        try removeCurrent.run()
                        try removeDocument.bind(1, entry.by)
                        try removeDocument.run()
                        removed += connection.changes
                    }
                    try removeEntry.bind(1, entry.by)
                    try removeEntry.run()
                }
            }
            return (removed, entries.count < limit ? nil : entries[entries.count - 1].by)
        }
    }
}

import JSON
import SQLite

/// The tables of `cluster.sqlite`.
///
/// Used by one thread at a time: under the lock of ``MetadataStore``.
final class MetadataFile: @unchecked Sendable {
    private let connection: Connection

    /// The format that this program writes; `PRAGMA user_version`.
    private static let version: Int64 = 1
    /// "NTCS" in `PRAGMA application_id`.
    private static let application: Int64 = 0x4E54_4353

    private static let tables = """
        CREATE TABLE cluster (
            one INTEGER PRIMARY KEY CHECK (one = 1), uuid TEXT NOT NULL, node TEXT NOT NULL, version INTEGER NOT NULL);
        CREATE TABLE indices (
            uuid TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL, is_open INTEGER NOT NULL,
            settings TEXT NOT NULL, mappings TEXT NOT NULL, aliases TEXT NOT NULL, settings_version INTEGER NOT NULL,
            mapping_version INTEGER NOT NULL, aliases_version INTEGER NOT NULL, field_names TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE items (
            kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
        """

    init(path: String) throws(ClusterStateError) {
        do throws(SQLiteError) {
            if let damage = WriteAheadLog.damage(ofDatabase: path) { throw damage.error(ofDatabase: path) }
            connection = try Connection(path: path, access: .readWriteCreate, busyTimeout: 2_000)
            try connection.execute("PRAGMA journal_mode = WAL")
            try connection.execute("PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA secure_delete = OFF")
            if try connection.integer("PRAGMA user_version") == 0, try connection.integer("PRAGMA application_id") == 0,
                try connection.integer("SELECT count(*) FROM sqlite_master") == 0
            {
                try connection.transaction { () throws(SQLiteError) in
                    try connection.execute(Self.tables)
                    let cluster = try connection.prepare("INSERT INTO cluster VALUES (1, ?1, ?2, 1)")
                    try cluster.bind(1, UniqueIdentifier.next())
                    try cluster.bind(2, UniqueIdentifier.next())
                    try cluster.run()
                    try connection.execute("PRAGMA application_id = \(Self.application)")
                    try connection.execute("PRAGMA user_version = \(Self.version)")
                }
            }
        } catch {
            throw ClusterStateError(error)
        }
        try check()
    }

    private func check() throws(ClusterStateError) {
        let path = connection.path
        do throws(SQLiteError) {
            let application = try connection.integer("PRAGMA application_id")
            let found = try connection.integer("PRAGMA user_version") ?? 0
            let fault = try connection.text("PRAGMA quick_check(1)")
            if fault != "ok" {
                throw SQLiteError(code: .corrupt, message: fault ?? "", statement: "quick_check", path: path)
            }
            guard application == Self.application, found <= Self.version else {
                let other = application == Self.application
                throw SQLiteError(
                    code: other ? .misuse : .notADatabase,
                    message: other
                        ? "the file has format \(found), this program knows up to \(Self.version)"
                        : "this SQLite file does not hold a node's metadata",
                    statement: nil, path: path)
            }
        } catch {
            if error.code == .misuse {
                throw ClusterStateError(
                    .newerFormat, path: path, reason: error.message + "; start the newer program again")
            }
            throw ClusterStateError(error)
        }
    }

    /// Everything that is in the file.
    func read() throws(ClusterStateError) -> ClusterMetadata {
        do throws(SQLiteError) {
            let cluster = try connection.prepare("SELECT uuid, node, version FROM cluster")
            guard try cluster.step() else { throw damaged("the cluster's id is missing") }
            let (uuid, node, version) = (cluster.text(0), cluster.text(1), Int(cluster.integer(2)))
            cluster.reset()
            var indices: [String: IndexMetadata] = [:]
            let rows = try connection.prepare("SELECT * FROM indices")
            while try rows.step() {
                let index = try index(rows)
                indices[index.name] = index
            }
            var items: [ClusterMetadata.Kind: [String: JSONValue]] = [:]
            let bodies = try connection.prepare("SELECT kind, name, body FROM items")
            while try bodies.step() {
                guard let kind = ClusterMetadata.Kind(rawValue: bodies.text(0)) else {
                    throw damaged("\(bodies.text(0)) is no kind of metadata")
                }
                let name = bodies.text(1)
                items[kind, default: [:]][name] = try json(bodies, 2, "\(kind.rawValue) \(name)")
            }
            return ClusterMetadata(
                clusterUUID: uuid, nodeID: node, version: version, indices: indices, items: items)
        } catch {
            throw ClusterStateError(error)
        }
    }

    private func index(_ row: Statement) throws(SQLiteError) -> IndexMetadata {
        let name = row.text(1)
        guard let settings = try json(row, 4, "settings of \(name)").object,
            let aliases = try json(row, 6, "aliases of \(name)").object
        else { throw damaged("settings or aliases of \(name) are no object") }
        var index = IndexMetadata(
            name: name, uuid: row.text(0), createdAt: row.integer(2), isOpen: row.integer(3) != 0, settings: settings,
            mappings: try json(row, 5, "mappings of \(name)"),
            aliases: Dictionary(uniqueKeysWithValues: aliases.map { ($0.key, $0.value.object ?? [:]) }))
        index.settingsVersion = Int(row.integer(7))
        index.mappingVersion = Int(row.integer(8))
        index.aliasesVersion = Int(row.integer(9))
        index.fieldNames = try json(row, 10, "field names of \(name)").array?.compactMap(\.string) ?? []
        return index
    }

    /// What is read back; ``check(_:)`` refuses to write more.
    private static let limits = JSONLimits(maximumDepth: JSONLimits.deepest)

    /// Writes changes in one transaction.
    ///
    /// - Throws: ``ClusterStateError`` of the kind `tooDeep` for what could not be read again.
    func write(_ changes: [ClusterMetadata.Change], version: Int) throws(ClusterStateError) {
        for change in changes { try check(change) }
        do throws(SQLiteError) {
            try connection.transaction { () throws(SQLiteError) in
                for change in changes { try write(change) }
                let statement = try connection.cached("UPDATE cluster SET version = ?1")
                try statement.bind(1, Int64(version))
                try statement.run()
            }
        } catch {
            throw ClusterStateError(error)
        }
    }

    private func check(_ change: ClusterMetadata.Change) throws(ClusterStateError) {
        switch change {
        case .putIndex(let index):
            try check(.object(index.settings), "the settings of \(index.name)")
            try check(index.mappings, "the mapping of \(index.name)")
            for (alias, body) in index.aliases { try check(.object([alias: .object(body)]), "the alias \(alias)") }
        case .putItem(let kind, let name, let body): try check(body, "\(kind.rawValue) \(name)")
        case .removeIndex, .removeItem: break
        }
    }

    private func check(_ value: JSONValue, _ what: String) throws(ClusterStateError) {
        guard Self.isDeeper(value, than: Self.limits.maximumDepth) else { return }
        throw ClusterStateError(
            .tooDeep, path: connection.path,
            reason: "\(what) is nested more than \(Self.limits.maximumDepth) levels deep; make it flatter")
    }

    private static func isDeeper(_ value: JSONValue, than depth: Int) -> Bool {
        switch value {
        case .array(let elements): depth == 0 || elements.contains { isDeeper($0, than: depth - 1) }
        case .object(let members): depth == 0 || members.contains { isDeeper($0.value, than: depth - 1) }
        default: false
        }
    }

    private func write(_ change: ClusterMetadata.Change) throws(SQLiteError) {
        switch change {
        case .putIndex(let index):
            let statement = try connection.cached(
                "INSERT OR REPLACE INTO indices VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
            try statement.bind(1, index.uuid)
            try statement.bind(2, index.name)
            try statement.bind(3, index.createdAt)
            try statement.bind(4, index.isOpen ? 1 : 0)
            try statement.bind(5, JSONValue.object(index.settings).serialized())
            try statement.bind(6, index.mappings.serialized())
            let aliases = index.aliases.sorted { $0.key < $1.key }.map {
                (key: $0.key, value: JSONValue.object($0.value))
            }
            try statement.bind(7, JSONValue.object(JSONObject(aliases)).serialized())
            try statement.bind(8, Int64(index.settingsVersion))
            try statement.bind(9, Int64(index.mappingVersion))
            try statement.bind(10, Int64(index.aliasesVersion))
            try statement.bind(11, JSONValue.array(index.fieldNames.map { .string($0) }).serialized())
            try statement.run()
        case .removeIndex(let uuid):
            let statement = try connection.cached("DELETE FROM indices WHERE uuid = ?1")
            try statement.bind(1, uuid)
            try statement.run()
        case .putItem(let kind, let name, let body):
            let statement = try connection.cached("INSERT OR REPLACE INTO items VALUES (?1, ?2, ?3)")
            try statement.bind(1, kind.rawValue)
            try statement.bind(2, name)
            try statement.bind(3, body.serialized())
            try statement.run()
        case .removeItem(let kind, let name):
            let statement = try connection.cached("DELETE FROM items WHERE kind = ?1 AND name = ?2")
            try statement.bind(1, kind.rawValue)
            try statement.bind(2, name)
            try statement.run()
        }
    }

    func close() { _ = try? connection.checkpoint(truncate: true) }

    private func json(_ row: Statement, _ column: Int32, _ what: String) throws(SQLiteError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: row.bytes(column), limits: Self.limits)
        } catch {
            throw damaged("\(what): \(error)")
        }
    }

    private func damaged(_ what: String) -> SQLiteError {
        SQLiteError(code: .corrupt, message: what, statement: nil, path: connection.path)
    }
}

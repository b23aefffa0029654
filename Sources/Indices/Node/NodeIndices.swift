public import ClusterState
public import JSON
import Mappings
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// All indices of the node.
///
/// Making and removing indices is atomic: the folder comes first and goes last, the metadata decides. Whatever a crash leaves over is removed at
/// the next start.
public final class NodeIndices: Sendable {
    private struct State {
        var open: [String: IndexService] = [:]
        /// Indices that could not be opened, and why.
        var failed: [String: IndicesError] = [:]
        /// When those whose failure may pass are tried again.
        var nextAttempt = ContinuousClock.now
    }

    /// The folder of the node.
    public let folder: DataFolder
    /// What the node remembers.
    public let metadata: MetadataStore
    /// Points in time and scrolls.
    public let contexts = ReaderContexts()
    private let log: @Sendable (String) -> Void
    private let state = Mutex(State())
    /// Held while indices are made, removed, opened, closed.
    private let structure = Mutex<Void>(())
    private let housekeeper = Mutex<Housekeeper?>(nil)

    /// Opens the metadata and all open indices of a folder.
    ///
    /// An index that cannot be opened does not keep the others from it: using it throws the reason.
    ///
    /// - Parameters:
    ///   - folder: The data folder, which this process holds.
    ///   - log: Takes sentences for the log: what was repaired, what cannot be opened.
    public init(_ folder: DataFolder, log: @escaping @Sendable (String) -> Void = { _ in }) throws(IndicesError) {
        self.folder = folder
        self.log = log
        do throws(ClusterStateError) {
            metadata = try MetadataStore(folder)
            let known = Set(metadata.current.indices.values.map(\.uuid))
            for orphan in try folder.removeOrphans(keeping: known) {
                log("the folder \(orphan) belonged to no index (a crash while one was made or deleted) and was removed")
            }
        } catch {
            throw .metadata(error)
        }
        for index in metadata.current.indices.values.sorted(by: { $0.name < $1.name }) where index.isOpen {
            openOrRemember(index)
        }
        housekeeper.withLock { $0 = Housekeeper { [weak self] in self?.keepHouse() } }
    }

    private func openOrRemember(_ index: IndexMetadata) {
        do throws(IndicesError) {
            var options = IndexService.OpeningOptions()
            options.log = log
            let service = try IndexService(
                index, folder: folder.indexPath(uuid: index.uuid), metadata: metadata, options: options)
            state.withLock { state in
                state.open[index.name] = service
                state.failed[index.name] = nil
            }
        } catch {
            let isNews = state.withLock { state in
                defer { state.failed[index.name] = error }
                return state.failed[index.name]?.description != error.description
            }
            if isNews { log("[\(index.name)] cannot be opened: \(error)") }
        }
    }

    // MARK: Finding

    /// An open index.
    ///
    /// - Throws: ``IndicesError``: not found, closed, or why it could not be opened.
    public func index(_ name: String) throws(IndicesError) -> IndexService {
        let (service, failure) = state.withLock { ($0.open[name], $0.failed[name]) }
        if let service { return service }
        if let failure { throw failure }
        guard let known = metadata.current.indices[name] else { throw .indexNotFound(name) }
        throw .indexClosed(name, uuid: known.uuid)
    }

    /// All open indices, sorted by name.
    public var all: [IndexService] { state.withLock { $0.open.values.sorted { $0.name < $1.name } } }

    // MARK: Changing

    /// Makes an index.
    ///
    /// - Parameters:
    ///   - name: Its name, which nobody has; whether it is well-formed is for the caller to know.
    ///   - settings: By full dotted names.
    ///   - mappings: The value of `mappings`.
    ///   - aliases: By name.
    /// - Throws: ``IndicesError``; nothing is left of it then.
    @discardableResult
    public func create(
        _ name: String, settings: JSONObject = [:], mappings: JSONValue = .object([:]),
        aliases: [String: JSONObject] = [:]
    ) throws(IndicesError) -> IndexService {
        try restructuring { () throws(IndicesError) in
            if let known = metadata.current.indices[name] { throw .indexExists(name, uuid: known.uuid) }
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            var index = IndexMetadata(
                name: name, createdAt: Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000, settings: settings,
                mappings: mappings, aliases: aliases)
            let mapping = try IndexService.mapping(
                index, try IndexSettings(settings), try IndexService.analysis(settings), isNew: true)
            index.mappings = mapping.json
            index.fieldNames = mapping.fieldNames
            do {
                try folder.createIndexFolder(uuid: index.uuid)
                var options = IndexService.OpeningOptions()
                options.isNew = true
                options.log = log
                let service = try IndexService(
                    index, folder: folder.indexPath(uuid: index.uuid), metadata: metadata, options: options)
                do {
                    let made = index
                    try metadata.update { $0.put(made) }
                } catch {
                    service.abandon()
                    throw error
                }
                state.withLock { $0.open[name] = service }
                return service
            } catch {
                try? folder.removeIndexFolder(uuid: index.uuid)
                throw Self.translate(error, metadata.path)
            }
        }
    }

    /// Removes an index with everything in it.
    public func delete(_ name: String) throws(IndicesError) {
        try restructuring { () throws(IndicesError) in
            guard let index = metadata.current.indices[name] else { throw .indexNotFound(name) }
            do {
                try metadata.update { $0.removeIndex(name) }
                contexts.closeAll(ofIndex: name)
                let service = state.withLock { state in
                    state.failed[name] = nil
                    return state.open.removeValue(forKey: name)
                }
                service?.abandon()
                try folder.removeIndexFolder(uuid: index.uuid)
            } catch {
                throw Self.translate(error, metadata.path)
            }
        }
    }

    /// Closes an index: it keeps its data and serves nobody.
    ///
    /// Nothing if it is closed.
    public func close(_ name: String) throws(IndicesError) {
        try restructuring { () throws(IndicesError) in
            try setOpen(name, false)
            contexts.closeAll(ofIndex: name)
            let service = state.withLock { state in
                state.failed[name] = nil
                return state.open.removeValue(forKey: name)
            }
            service?.close()
        }
    }

    /// Opens an index that was closed, or one that could not be opened.
    ///
    /// Nothing if it is open.
    public func open(_ name: String) throws(IndicesError) {
        try restructuring { () throws(IndicesError) in
            try setOpen(name, true)
            if state.withLock({ $0.open[name] != nil }) { return }
            guard let index = metadata.current.indices[name] else { throw .indexNotFound(name) }
            openOrRemember(index)
            if let failure = state.withLock({ $0.failed[name] }) { throw failure }
        }
    }

    /// Makes the segments of an index again from its documents; it serves nobody meanwhile.
    ///
    /// - Parameter progress: So many operations are done, of about so many.
    public func rebuild(
        _ name: String, progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(IndicesError) {
        try restructuring { () throws(IndicesError) in
            guard let index = metadata.current.indices[name] else { throw .indexNotFound(name) }
            contexts.closeAll(ofIndex: name)
            state.withLock { $0.open.removeValue(forKey: name) }?.close()
            var options = IndexService.OpeningOptions()
            options.rebuilds = true
            options.progress = progress
            options.log = log
            let service: IndexService
            do throws(IndicesError) {
                service = try IndexService(
                    index, folder: folder.indexPath(uuid: index.uuid), metadata: metadata, options: options)
            } catch {
                if index.isOpen { state.withLock { $0.failed[name] = error } }
                throw error
            }
            defer { if !index.isOpen { service.close() } }
            if index.isOpen {
                state.withLock {
                    $0.failed[name] = nil
                    $0.open[name] = service
                }
            }
            try service.flush()
        }
    }

    /// Commits and closes everything, in the end the metadata; then another process may have the folder.
    public func shutDown() {
        housekeeper.withLock { housekeeper in
            housekeeper?.stop()
            housekeeper = nil
        }
        _ = try? restructuring { () throws(IndicesError) in
            contexts.closeAll(.pointInTime)
            contexts.closeAll(.scroll)
            let services = state.withLock { state in
                defer { state.open = [:] }
                return state.open.values
            }
            for service in services { service.close() }
            metadata.close()
        }
        folder.release()
    }

    // MARK: Inside

    private func keepHouse() {
        contexts.expire()
        for service in all { service.keepHouse(log) }
        openWhatFailed()
    }

    /// Tries every ten seconds to open the indices that something kept from it which may have passed, such as a full disk.
    private func openWhatFailed() {
        let now = ContinuousClock.now
        let names = state.withLock { state -> [String] in
            guard now >= state.nextAttempt else { return [] }
            state.nextAttempt = now + .seconds(10)
            return state.failed.filter { $0.value.mayPass }.map(\.key)
        }
        for name in names.sorted() {
            _ = try? restructuring { () throws(IndicesError) in
                guard state.withLock({ $0.failed[name] != nil }), let index = metadata.current.indices[name] else {
                    return
                }
                openOrRemember(index)
            }
        }
    }

    private func setOpen(_ name: String, _ isOpen: Bool) throws(IndicesError) {
        guard let index = metadata.current.indices[name] else { throw .indexNotFound(name) }
        if index.isOpen == isOpen { return }
        do {
            try metadata.update { metadata in
                guard var index = metadata.indices[name] else { return }
                index.isOpen = isOpen
                metadata.put(index)
            }
        } catch {
            throw Self.translate(error, metadata.path)
        }
    }

    private func restructuring<Value: Sendable>(
        _ body: () throws(IndicesError) -> Value
    ) throws(IndicesError) -> Value {
        let outcome = structure.withLock { _ -> Result<Value, IndicesError> in
            do throws(IndicesError) { return .success(try body()) } catch { return .failure(error) }
        }
        return try outcome.get()
    }

    private static func translate(_ error: any Error, _ path: String) -> IndicesError {
        switch error {
        case let error as IndicesError: error
        case let error as ClusterStateError: .metadata(error)
        default: .metadata(ClusterStateError(.system, path: path, reason: "\(error)"))
        }
    }
}

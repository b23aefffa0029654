import Synchronization
import ClusterState
import DocumentStore
public import JSON
import Mappings
import SearchIndex

extension IndexService {
    /// Merges the body of a `PUT _mapping` into the mapping, and keeps the result.
    public func updateMapping(_ json: JSONValue) throws(IndicesError) {
        _ = try change { mapping throws(MappingError) in try mapping.merging(json) }
    }

    /// Merges what a document adds.
    func merge(_ update: MappingUpdate) throws(IndicesError) -> Mapping {
        try change { mapping throws(MappingError) in try mapping.merging(update) }
    }

    private func change(
        _ body: (Mapping) throws(MappingError) -> Mapping
    ) throws(IndicesError) -> Mapping {
        let outcome = changes.withLock { _ -> Result<Mapping, IndicesError> in
            do throws(IndicesError) {
                let current = mapping
                let changed: Mapping
                do throws(MappingError) { changed = try body(current) } catch { throw .mapping(error) }
                if changed.json == current.json && changed.fieldNames == current.fieldNames { return .success(current) }
                try keep(changed)
                return .success(changed)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Tells the segments of new fields, makes the mapping durable, and goes by it from now on.
    func keep(_ changed: Mapping) throws(IndicesError) {
        let writer = state.withLock { $0.writer }
        do throws(IndexError) {
            for field in changed.indexedFields { try writer.define(field.number, field.options) }
        } catch {
            throw .segments(error)
        }
        try updateMetadata { index in
            index.mappings = changed.json
            index.fieldNames = changed.fieldNames
            index.mappingVersion += 1
        }
        state.withLock { $0.mapping = changed }
    }

    /// Sets and removes settings, by full dotted names; `null` gives a setting its default back.
    ///
    /// Whether a setting may be changed on an open index is for the caller to know.
    public func updateSettings(_ changed: JSONObject) throws(IndicesError) {
        let outcome = changes.withLock { _ -> Result<Void, IndicesError> in
            do throws(IndicesError) {
                var all = metadata.current.indices[name]?.settings ?? [:]
                for (name, value) in changed { all[name] = value.isNull ? nil : value }
                let settings = try IndexSettings(all)
                let mapping: Mapping
                do throws(MappingError) {
                    mapping = try self.mapping.with(Self.context(settings, analysis))
                } catch {
                    throw .mapping(error)
                }
                try updateMetadata { index in
                    index.settings = all
                    index.settingsVersion += 1
                }
                do throws(DocumentStoreError) {
                    try documents.setDurability(settings.durability)
                } catch {
                    throw .documents(error)
                }
                state.withLock {
                    $0.settings = settings
                    $0.mapping = mapping
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
    }

    private func updateMetadata(_ body: (inout IndexMetadata) -> Void) throws(IndicesError) {
        do {
            try metadata.update { metadata in
                guard var index = metadata.indices[name], index.uuid == uuid else {
                    throw IndicesError.indexNotFound(name)
                }
                body(&index)
                metadata.put(index)
            }
        } catch let error as IndicesError {
            throw error
        } catch let error as ClusterStateError {
            throw .metadata(error)
        } catch {
            throw .metadata(ClusterStateError(.system, path: metadata.path, reason: "\(error)"))
        }
    }
}

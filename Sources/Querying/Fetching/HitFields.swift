import JSON
import Mappings
import SearchIndex

/// The values of `fields`, `docvalue_fields` and stored fields.
struct HitFields {
    let mapping: Mapping

    func values(
        _ options: FetchOptions, source: JSONValue, segment: Segment, document: Int
    ) throws -> [(name: String, values: [JSONValue])] {
        var order: [String] = []
        var found: [String: [JSONValue]] = [:]
        func add(_ name: String, _ values: [JSONValue]) {
            if values.isEmpty { return }
            if found[name] == nil { order.append(name) }
            found[name] = values
        }
        for item in options.docvalueFields {
            for name in mapping.fieldNames(matching: item.field) {
                guard let field = mapping.field(name) else { continue }
                if Wildcard.isPattern(item.field), !field.hasDocValues { continue }
                do { try field.requireValues() } catch { throw SearchError(error).during(.fetch) }
                add(name, try docvalues(field, item.format, segment, document))
            }
        }
        for name in options.storedFields ?? [] where name != "_none_" && name != "_source" {
            for found in mapping.fieldNames(matching: name) {
                guard let field = mapping.field(found), field.isStored else { continue }
                add(found, try fromSource(field, nil, source))
            }
        }
        for item in options.fields {
            for name in mapping.fieldNames(matching: item.field) {
                guard let field = mapping.field(name) else { continue }
                if field.nestedPath != nil, !item.field.hasPrefix((field.nestedPath ?? "") + ".") { continue }
                add(name, try fromSource(field, item.format, source))
            }
            for name in MetadataField.allCases.map(\.rawValue) where item.field == name {
                if let values = metadata(name, segment, document) { add(name, values) }
            }
        }
        return order.map { ($0, found[$0] ?? []) }
    }

    private func metadata(_ name: String, _ segment: Segment, _ document: Int) -> [JSONValue]? {
        guard let field = MetadataField(rawValue: name), let column = segment.ordinals(field.number) else { return nil }
        return (0..<column.ordinals.count(of: document)).map {
            .string(String(decoding: column.bytes(of: Int(column.ordinals.value($0, of: document))), as: UTF8.self))
        }
    }

    private func docvalues(
        _ field: MappedField, _ format: String?, _ segment: Segment, _ document: Int
    ) throws -> [JSONValue] {
        let shown: ValueFormat
        do {
            shown = try field.valueFormat(format == "use_field_mapping" ? nil : format)
        } catch {
            throw SearchError(error).during(.fetch)
        }
        if let encoding = field.numericEncoding, let column = segment.integers(field.number) {
            return (0..<column.count(of: document)).map {
                shown.json(column.value($0, of: document), encoding: encoding)
            }
        }
        guard let column = segment.ordinals(field.number) else { return [] }
        return (0..<column.ordinals.count(of: document)).map {
            shown.json(column.bytes(of: Int(column.ordinals.value($0, of: document))))
        }
    }

    private func fromSource(_ field: MappedField, _ format: String?, _ source: JSONValue) throws -> [JSONValue] {
        let path =
            field.isMultiField
            ? String(field.name[..<(field.name.lastIndex(of: ".") ?? field.name.endIndex)]) : field.name
        var dateFormat: DateFormat?
        if let format, field.kind.isDate {
            do { dateFormat = try DateFormat(format) } catch { throw SearchError(error).during(.fetch) }
        }
        return SourceValues.values(at: path, in: source).compactMap { value in
            // A value that is not of the field's type was ignored when it was indexed.
            (try? field.sourceValue(value, format: dateFormat)) ?? nil
        }
    }

    /// The value of a key that hits are grouped by.
    static func display(_ key: HitSortKey, _ field: MappedField) -> JSONValue {
        switch key {
        case .missing: return .null
        case .integer(let value):
            guard let encoding = field.numericEncoding else { return .number(JSONNumber(Int(value))) }
            return ((try? field.valueFormat()) ?? .raw).json(value, encoding: encoding)
        case .bytes(let bytes): return ((try? field.valueFormat()) ?? .raw).json(bytes)
        }
    }
}

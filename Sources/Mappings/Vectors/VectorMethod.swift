import JSON
import VectorIndex

/// The `method` of a `knn_vector` field.
struct VectorMethod: Sendable, Hashable {
    /// A parameter of a method or of an encoder.
    enum Parameter: Sendable, Hashable {
        case value(JSONValue)
        case component(name: String, parameters: [String: Parameter])
    }

    /// `hnsw`, `ivf`, `flat` or what was given.
    let name: String
    private(set) var engine: VectorEngine?
    private(set) var space: VectorSpace?
    let parameters: [String: Parameter]

    /// Reads a method as it is written in a mapping.
    init(_ json: JSONValue) throws(MappingError) {
        guard case .object(let members) = json else {
            throw MappingError(
                .mapperParsing, "Unable to parse mapping into KNNMethodContext. Object not of type \"Map\"")
        }
        var name = ""
        var parameters: [String: Parameter] = [:]
        for (key, value) in members {
            switch key {
            case "engine":
                guard !value.isNull else { continue }
                guard let text = value.string else {
                    throw MappingError(.mapperParsing, "\"engine\" must be a string")
                }
                guard let found = VectorEngine(name: text) else {
                    throw MappingError(.mapperParsing, "Invalid engine: \(text)")
                }
                engine = found
            case "space_type":
                guard value.isNull || value.string != nil else {
                    throw MappingError(.mapperParsing, "\"space_type\" must be a string")
                }
                do { space = try Self.space(value.string ?? "null") } catch {
                    throw MappingError(.mapperParsing, "Invalid space_type: \(value.string ?? "null")")
                }
            case "name":
                guard let text = value.string else { throw MappingError(.mapperParsing, "namehas to be a string") }
                name = text
            case "parameters":
                guard !value.isNull else { continue }
                guard case .object(let given) = value else {
                    throw MappingError(.mapperParsing, "Unable to parse parameters for main method component")
                }
                parameters = try Self.parameters(given)
            default: throw MappingError(.mapperParsing, "Invalid parameter: \(key)")
            }
        }
        guard !name.isEmpty else { throw MappingError(.mapperParsing, "name needs to be set") }
        self.name = name
        self.parameters = parameters
    }

    /// The method in force: what is not given comes from the rest of the field and from the index's settings.
    init(
        _ definition: FieldDefinition, given: VectorMethod?, element: VectorElement, topSpace: VectorSpace?,
        settings: VectorSettings
    ) throws(MappingError) {
        let compression = definition["compression_level"]?.string
        let isConfigured = !(compression ?? "").isEmpty || !(definition["mode"]?.string ?? "").isEmpty
        if let given {
            self = given
        } else {
            name = "hnsw"
            let own: [(String, Int)] =
                isConfigured ? [] : [("m", settings.m), ("ef_construction", settings.efConstruction)]
            parameters = Dictionary(
                uniqueKeysWithValues: own.map { ($0.0, .value(.number(JSONNumber($0.1)))) })
        }
        if let space, let topSpace, space != topSpace {
            throw MappingError(
                .mapperParsing,
                "Cannot specify conflicting space types: \"[\(space.rawValue)]\" \"[\(topSpace.rawValue)]\"")
        }
        let fallback: VectorSpace = element == .binary ? .hamming : .l2
        let indexSpace = try Self.space(settings.space)
        space = space ?? topSpace ?? indexSpace ?? fallback
        // As the plug-in chooses: only Lucene compares vectors without a graph, and only it rounds to a quarter.
        engine = engine ?? (name == "flat" || compression == "4x" ? .lucene : .faiss)
    }

    /// The value of a numeric parameter.
    func integer(_ name: String) -> Int? {
        guard case .value(let value)? = parameters[name] else { return nil }
        return value.int
    }

    /// The space of a name in a mapping; nil for none and for `undefined`.
    static func space(_ name: String?) throws(MappingError) -> VectorSpace? {
        guard let name, !name.isEmpty else { return nil }
        let lower = name.lowercased()
        if lower == "undefined" { return nil }
        guard let space = VectorSpace(rawValue: lower) else {
            throw MappingError(
                .illegalArgument,
                "Unable to find space: \(name) . Valid values are: "
                    + "[l2, cosinesimil, l1, linf, innerproduct, hamming]")
        }
        return space
    }

    /// Parameters of a component; objects are components themselves.
    private static func parameters(_ members: JSONObject) throws(MappingError) -> [String: Parameter] {
        var parameters: [String: Parameter] = [:]
        for (key, value) in members {
            guard case .object(let inner) = value else {
                parameters[key] = .value(value)
                continue
            }
            parameters[key] = try component(inner)
        }
        return parameters
    }

    private static func component(_ members: JSONObject) throws(MappingError) -> Parameter {
        var name = ""
        var parameters: [String: Parameter] = [:]
        for (key, value) in members {
            switch key {
            case "name":
                guard let text = value.string else {
                    throw MappingError(.mapperParsing, "Component name should be a string")
                }
                name = text
            case "parameters":
                guard !value.isNull else { continue }
                guard case .object(let given) = value else {
                    throw MappingError(.mapperParsing, "Unable to parse parameters for  method component")
                }
                parameters = try self.parameters(given)
            default:
                throw MappingError(.mapperParsing, "Invalid parameter for MethodComponentContext: \(key)")
            }
        }
        guard !name.isEmpty else { throw MappingError(.mapperParsing, "name needs to be set") }
        return .component(name: name, parameters: parameters)
    }
}

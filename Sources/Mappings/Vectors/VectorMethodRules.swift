import JSON
import VectorIndex

/// What the methods of each engine may ask for, as OpenSearch's k-NN plug-in checks it.
///
/// Encoders and compression are checked and kept, and change nothing: vectors are always stored as they were given and, for searching, rounded to
/// bytes; distances are those of the given vectors.
struct VectorMethodRules {
    let mode: String?
    let compression: String?
    let element: VectorElement

    /// - Throws: ``MappingError`` with all that is wrong with the method's parameters.
    func check(_ method: VectorMethod, dimension: Int?) throws(MappingError) {
        let engine = method.engine ?? .faiss
        try checkCompression(method, engine)
        if requiresTraining(method) { throw Self.failed(["\"method\" requires training."]) }
        guard let rule = Self.rules(of: engine)[method.name] else {
            throw Self.failed(["Invalid method name: \(method.name)"])
        }
        var problems: [String] = []
        if let dimension, dimension > VectorField.maximumDimension {
            problems.append(
                "Dimension value cannot be greater than \(VectorField.maximumDimension) for vector with engine: "
                    + engine.rawValue)
        }
        if let dimension, element == .binary, dimension % 8 != 0 {
            problems.append("Dimension should be multiply of 8 for binary vector data type")
        }
        if let space = method.space {
            if (space == .hamming) != (element == .binary) {
                problems.append(
                    "Space type [\(space.rawValue)] is not supported with [\(element.rawValue)] data type")
            }
            if !rule.spaces.contains(space) {
                problems.append(
                    "\"\(method.name)\" with \"\(engine.rawValue)\" configuration does not support space type: "
                        + "\"\(space.rawValue)\".")
            }
        }
        problems += self.problems(method.name, rule, method.parameters)
        if !problems.isEmpty { throw Self.failed(problems) }
    }

    private static func failed(_ problems: [String]) -> MappingError {
        MappingError(.validation, MappingError.validationText(problems))
    }

    // MARK: Compression

    private func checkCompression(_ method: VectorMethod, _ engine: VectorEngine) throws(MappingError) {
        let supported =
            switch engine {
            case .faiss: ["1x", "2x", "8x", "16x", "32x"]
            case .lucene: ["1x", "4x"]
            case .nmslib: ["1x"]
            }
        var problems: [String] = []
        if let compression, !supported.contains(compression) {
            problems.append("\"\(engine.rawValue)\" does not support \"\(compression)\" compression")
        }
        if engine != .faiss, compression == "1x", mode == "on_disk" {
            problems.append("Cannot specify \"x1\" compression level when using \"on_disk\" mode")
        }
        if !problems.isEmpty { throw Self.failed(problems) }
        guard let compression, case .component(let name, let parameters)? = method.parameters["encoder"] else { return }
        let encoded: String?
        switch name {
        case "flat": encoded = "1x"
        case "sq": encoded = engine == .lucene ? "4x" : "2x"
        case "binary":
            guard case .value(let bits)? = parameters["bits"] else { return }
            encoded = [1: "32x", 2: "16x", 4: "8x"][bits.int ?? 0]
        default: encoded = nil
        }
        if let encoded, encoded != compression {
            throw Self.failed(["Cannot specify an encoder that conflicts with the provided compression level"])
        }
    }

    private func requiresTraining(_ method: VectorMethod) -> Bool {
        guard method.engine == .faiss else { return false }
        if case .component("pq", _)? = method.parameters["encoder"] { return true }
        return method.name == "ivf"
    }

    // MARK: Components

    /// A method or an encoder.
    private struct Component {
        var elements: Set<VectorElement>
        var spaces: Set<VectorSpace> = []
        var parameters: [String: Rule] = [:]
    }

    /// What a parameter may be.
    private indirect enum Rule {
        case integer(@Sendable (Int) -> Bool)
        case double(@Sendable (Double) -> Bool)
        case boolean
        case choice([String])
        case component([String: Component])
    }

    private static func rules(of engine: VectorEngine) -> [String: Component] {
        let positive = Rule.integer { $0 > 0 }
        let links = ["m": positive, "ef_construction": positive]
        switch engine {
        case .faiss:
            let sq = Component(elements: [.float], parameters: ["type": .choice(["fp16"]), "clip": .boolean])
            let binary = Component(
                elements: [.float],
                parameters: [
                    "bits": .integer { [1, 2, 4].contains($0) }, "random_rotation": .boolean, "enable_adc": .boolean,
                ])
            let flat = Component(elements: Set(VectorElement.allCases))
            let own = ["ef_search": positive, "encoder": .component(["flat": flat, "sq": sq, "binary": binary])]
            return [
                "hnsw": Component(
                    elements: Set(VectorElement.allCases), spaces: [.l2, .innerproduct, .cosinesimil, .hamming],
                    parameters: links.merging(own) { $1 })
            ]
        case .lucene:
            let sq = Component(
                elements: [.float],
                parameters: [
                    "confidence_interval": .double { $0 == 0 || (0.9...1).contains($0) },
                    "bits": .integer { $0 == 7 },
                ])
            let spaces: Set<VectorSpace> = [.l2, .innerproduct, .cosinesimil]
            return [
                "hnsw": Component(
                    elements: [.float, .byte], spaces: spaces,
                    parameters: links.merging(["encoder": .component(["sq": sq])]) { $1 }),
                "flat": Component(elements: [.float], spaces: spaces),
            ]
        case .nmslib:
            return [
                "hnsw": Component(
                    elements: [.float], spaces: [.l2, .l1, .linf, .innerproduct, .cosinesimil], parameters: links)
            ]
        }
    }

    private func problems(
        _ name: String, _ component: Component, _ parameters: [String: VectorMethod.Parameter]
    ) -> [String] {
        var problems: [String] = []
        if !component.elements.contains(element) {
            problems.append(
                "Method \"\(name)\" is not supported for vector data type \"\(element.rawValue.uppercased())\".")
        }
        for (key, parameter) in parameters.sorted(by: { $0.key < $1.key }) {
            guard let rule = component.parameters[key] else {
                problems.append("Unknown parameter '\(key)' found")
                continue
            }
            if let problem = self.problem(key, rule, parameter) { problems.append(problem) }
        }
        return problems
    }

    private func problem(_ key: String, _ rule: Rule, _ parameter: VectorMethod.Parameter) -> String? {
        func wrongType(_ type: String) -> String {
            "value is not an instance of \(type) for \(type) parameter [\(key)]."
        }
        func refused(_ type: String) -> String { "parameter validation failed for \(type) parameter [\(key)]." }
        let value: JSONValue? = if case .value(let value) = parameter { value } else { nil }
        switch rule {
        case .integer(let isValid):
            guard case .number(let number)? = value, number.isInteger, let int = number.int, Int32(exactly: int) != nil
            else { return wrongType("Integer") }
            return isValid(int) ? nil : refused("Integer")
        case .double(let isValid):
            guard case .number(let number)? = value, !number.isInteger || number.int == 0 else {
                return wrongType("Double")
            }
            return isValid(number.double) ? nil : refused("Double")
        case .boolean: return value?.bool == nil ? wrongType("Boolean") : nil
        case .choice(let accepted):
            guard let text = value?.string else { return wrongType("String") }
            return accepted.contains(text) ? nil : refused("String")
        case .component(let known):
            guard case .component(let name, let parameters) = parameter else {
                return "value is not an instance of for MethodComponentContext parameter [\(key)]."
            }
            guard let component = known[name], problems(name, component, parameters).isEmpty else {
                return refused("MethodComponentContext")
            }
            return nil
        }
    }
}

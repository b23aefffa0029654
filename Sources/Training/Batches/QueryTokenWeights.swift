import Encoders
import JSON
import Losses
package import ModelFiles
import Tensors
import Tokenizers
import TrainableEncoders

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The query side of an inference-free sparse model: each token weighs what a table says (arXiv:2411.04403).
package struct QueryTokenWeights {
    /// The weights to begin with, one for each entry of the vocabulary.
    private let given: [Float]
    /// The parameters that hold the weights where these are trained, and their number there.
    private var trained: (parameters: ParameterSet, number: Int)?
    private let tokenizer: InputTokenizer

    /// The weights of a file, of the model, or inverse document frequencies of texts: the first of these that there is.
    ///
    /// - Parameters:
    ///   - documents: texts to count tokens in; the weight is ln(1 + (N - n + 0.5) / (n + 0.5)) for n of N texts.
    package init(
        _ folder: ModelFolder, file: String?, documents: @autoclosure () -> [String]
    ) throws(TrainingError) {
        let size = folder.config["vocab_size"]?.int ?? 0
        do throws(EncoderError) {
            let tokenizer = try InputTokenizer(folder, addsSpecialTokens: false)
            self.tokenizer = tokenizer
            var weights = [Float](repeating: 0, count: size)
            if let file {
                try Self.read(file, tokenizer, into: &weights)
            } else if let table = try QueryTokenTable(folder, options: EncoderOptions()) {
                guard table.weights.count == size else {
                    throw EncoderError(
                        .shapeMismatch, "queries and documents have different vocabularies",
                        advice: "Use the query weights that belong to the model", path: folder.path,
                        expectedShape: [size], actualShape: [table.weights.count])
                }
                weights = table.weights
            } else {
                try Self.count(documents(), tokenizer, into: &weights)
            }
            given = weights
        } catch {
            throw TrainingError(error)
        }
    }

    private static func read(
        _ file: String, _ tokenizer: InputTokenizer, into weights: inout [Float]
    ) throws(EncoderError) {
        func fault(_ reason: String) -> EncoderError {
            EncoderError(
                .badConfiguration, reason, advice: "Give a file such as idf.json: {\"token\": 1.5}", path: file)
        }
        let value: JSONValue
        let bytes: FileBytes
        do throws(ModelFileError) { bytes = try FileBytes(path: file) } catch { throw fault(error.reason) }
        do throws(JSONError) {
            value = try bytes.withUnsafeBytes { (bytes) throws(JSONError) in try JSONValue(parsing: bytes) }
        } catch {
            throw fault(error.reason)
        }
        guard let object = value.object else { throw fault("the file is \(value.typeName), not an object") }
        for (token, weight) in object {
            guard let number = weight.double, Float(number).isFinite else {
                throw fault("the weight of '\(token)' is \(weight.typeName), not a finite number")
            }
            // A token that the vocabulary lacks cannot occur in a query.
            guard let id = tokenizer.tokenizer.id(of: token), weights.indices.contains(Int(id)) else { continue }
            weights[Int(id)] = Float(number)
        }
    }

    private static func count(
        _ texts: [String], _ tokenizer: InputTokenizer, into weights: inout [Float]
    ) throws(EncoderError) {
        var counts = [Int](repeating: 0, count: weights.count)
        for text in texts {
            for id in Set(try tokenizer.sequence(text).ids) where weights.indices.contains(Int(id)) {
                counts[Int(id)] += 1
            }
        }
        for (id, count) in counts.enumerated() {
            weights[id] = Float(log(1 + (Double(texts.count - count) + 0.5) / (Double(count) + 0.5)))
        }
    }

    /// One weight for each entry of the vocabulary, as they are now.
    package var weights: [Float] {
        guard let trained else { return given }
        return Array(trained.parameters.values.values[trained.parameters.parameters[trained.number].range])
    }

    /// The weights where they are trained: those of the model's parameter, which has the same first values.
    func trained(in parameters: ParameterSet) -> QueryTokenWeights {
        var table = self
        table.trained = parameters.index(of: TrainableModel.queryTokenWeights).map { (parameters, $0) }
        return table
    }

    /// The number of the parameter that is trained.
    var parameter: Int? { trained?.number }

    /// The vectors of queries: the weight of each token that occurs.
    ///
    /// - Returns: what ``addGradients(_:of:)`` takes.
    @discardableResult
    func write(_ queries: [String], into rows: MatrixView) throws(TrainingError) -> InferenceFreeQueries {
        var ids: [[Int32]] = []
        do throws(EncoderError) {
            for query in queries { ids.append(try tokenizer.sequence(query).ids.filter { Int($0) < given.count }) }
        } catch {
            throw TrainingError(error)
        }
        let queries = InferenceFreeQueries(ids)
        if let trained {
            let range = trained.parameters.parameters[trained.number].range
            queries.write(
                weights: UnsafeBufferPointer(rebasing: trained.parameters.values.values[range]), to: rows)
        } else {
            given.withUnsafeBufferPointer { queries.write(weights: $0, to: rows) }
        }
        return queries
    }

    /// Adds the gradient of the weights that are trained, from that of the vectors of queries.
    func addGradients(_ gradient: MatrixView, of queries: InferenceFreeQueries) {
        guard let trained else { return }
        let range = trained.parameters.parameters[trained.number].range
        queries.addDerivatives(
            gradient, to: UnsafeMutableBufferPointer(rebasing: trained.parameters.gradients.values[range]))
    }
}

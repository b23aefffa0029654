import Layers
import ModelFiles
import Tensors

/// What a network made of the held-out texts.
struct QuantizationOutputs: Sendable {
    /// One for each text or pair.
    var vectors: [[Float]] = []
    /// Logits, or similarities of queries and texts.
    var scores: [Float] = []
}

/// An encoder of any kind, seen as matrices that can be watched and exchanged.
enum QuantizableModel: Sendable {
    case cross(CrossEncoder)
    case dense(DenseEncoder)
    case sparse(SparseEncoder, SparseEncoder.Documents)

    /// Loads a folder for what it is for.
    init(_ folder: ModelFolder, options: EncoderOptions) throws(EncoderError) {
        switch folder.task {
        case .crossEncoder: self = .cross(try CrossEncoder(folder, options: options))
        case .dense: self = .dense(try DenseEncoder(folder, options: options))
        case .sparse, .sparseQuery:
            let encoder = try SparseEncoder(folder, options: options)
            guard let documents = encoder.documents else {
                throw EncoderError(
                    .wrongTask, "the folder holds weights of query tokens and no network",
                    advice: "There is nothing to quantise: use the folder as it is", path: folder.path)
            }
            self = .sparse(encoder, documents)
        }
    }

    var core: EncoderCore {
        switch self {
        case .cross(let encoder): encoder.core
        case .dense(let encoder): encoder.core
        case .sparse(_, let documents): documents.core
        }
    }

    var head: VocabularyHead? { if case .sparse(_, let documents) = self { documents.head } else { nil } }

    /// All matrices that are quantised, with their names.
    var matrices: [(name: PackedMatrixName, matrix: PackedMatrix)] {
        let layers = core.network.layers.enumerated().flatMap { number, layer in
            zip(PackedMatrixName.layer(number), layer.matrices).map { (name: $0, matrix: $1) }
        }
        guard let head else { return layers }
        return layers + [(.headTransform, head.transform.linear.weight), (.headDecoder, head.decoder)]
    }

    /// The same network with its matrices converted, without calibration.
    func converted(to precision: MatrixPrecision) -> QuantizableModel {
        replacing(
            layers: core.network.layers.map { $0.converted(to: precision) }, head: head?.converted(to: precision))
    }

    /// The same network, whose products tell an observer their inputs.
    func observed(_ observer: @escaping @Sendable (MatrixView, PackedMatrix) -> Void) -> QuantizableModel {
        var core = core
        core.observer = observer
        return replacing(core: core, head: head)
    }

    private func replacing(layers: [EncoderLayer], head: VocabularyHead?) -> QuantizableModel {
        var core = core
        core.network = TransformerEncoder(
            embeddings: core.network.embeddings, layers: layers, relativeBias: core.network.relativeBias)
        return replacing(core: core, head: head)
    }

    private func replacing(core: EncoderCore, head: VocabularyHead?) -> QuantizableModel {
        switch self {
        case .cross(var encoder):
            encoder.core = core
            return .cross(encoder)
        case .dense(var encoder):
            encoder.core = core
            return .dense(encoder)
        case .sparse(var encoder, var documents):
            documents.core = core
            if let head { documents.head = head }
            encoder.documents = documents
            return .sparse(encoder, documents)
        }
    }

    /// What the network makes of texts: every text as vector, and scores of queries with some of the texts.
    func outputs(_ items: [CalibrationSample.Item], control: EncodingControl = EncodingControl()) throws(EncoderError)
        -> QuantizationOutputs
    {
        let grid = Self.grid(items.count)
        switch self {
        case .cross(let encoder):
            let pairs = grid.map { TextPair(items[$0.query].question, items[$0.text].text) }
            let results = try encoder.states(pairs, control: control)
            return QuantizationOutputs(vectors: results.map(\.state), scores: results.flatMap(\.logits))
        case .dense(let encoder):
            let texts = try encoder.embed(items.map(\.text), control: control).map(Array.init)
            let queries = try encoder.embed(items.map(\.question), control: control).map(Array.init)
            return QuantizationOutputs(
                vectors: texts + queries, scores: grid.map { encoder.similarity(queries[$0.query], texts[$0.text]) })
        case .sparse(let encoder, _):
            let texts = try encoder.encode(items.map(\.text), as: .document, control: control)
            let queries = try encoder.encode(items.map(\.question), as: .document, control: control)
            let size = encoder.vocabularySize
            let dense = (texts + queries).map { vector in
                var values = [Float](repeating: 0, count: size)
                for (id, weight) in zip(vector.tokenIDs, vector.weights) { values[Int(id)] = weight }
                return values
            }
            return QuantizationOutputs(
                vectors: dense, scores: grid.map { queries[$0.query].dot(texts[$0.text]) })
        }
    }

    /// Which queries are compared with which texts: each with its own and some that follow, about 512 pairs.
    private static func grid(_ count: Int) -> [(query: Int, text: Int)] {
        let each = min(count, max(2, 512 / max(1, count)))
        return (0..<count).flatMap { query in (0..<each).map { (query: query, text: (query + $0) % count) } }
    }
}

extension CrossEncoder {
    /// Logits with the last hidden state of the first token that they come from.
    func states(
        _ pairs: [TextPair], control: EncodingControl
    ) throws(EncoderError) -> [(state: [Float], logits: [Float])] {
        try core.map(try tokenize(pairs), control: control) { (tile, worker, team) throws(EncoderError) in
            try core.runTile(tile, rows: .firstTokens, on: worker, with: team) {
                (_, first, workspace) throws(EncoderError) in
                let logits = try self.logits(first, workspace)
                return (0..<first.rows).map { (state: Array(first[$0]), logits: Array(logits[$0])) }
            }
        }
    }
}

import JSON

/// Writes `{"inference_results": [...]}`, one entry for each text.
struct PredictReply {
    private var writer = JSONWriter()
    private let filter: TensorFilter

    init(_ filter: TensorFilter) {
        self.filter = filter
        writer.beginObject()
        writer.key("inference_results")
        writer.beginArray()
    }

    /// The text of the whole document.
    consuming func finish() -> [UInt8] {
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// What a dense encoder says of a text.
    ///
    /// - Parameter hasTokens: Whether the graph gives everything that it computes, as traced sentence-transformers do.
    mutating func add(_ embedding: TextEmbedding, hasTokens: Bool) {
        entry { reply in
            let count = embedding.tokenIDs.count
            if hasTokens {
                reply.tensor("input_ids", at: 0, shape: [count], embedding.tokenIDs.map(Int64.init))
                reply.tensor("attention_mask", at: 1, shape: [count], [Int64](repeating: 1, count: count))
                let width = count == 0 ? 0 : embedding.tokenVectors.count / count
                reply.tensor("token_embeddings", at: 2, shape: [count, width], embedding.tokenVectors)
            }
            reply.tensor(
                "sentence_embedding", at: hasTokens ? 3 : 0, shape: [embedding.vector.count], embedding.vector)
        }
    }

    /// What a cross-encoder says of a text; bytes are always there.
    mutating func add(similarity: Float) {
        entry { reply in
            reply.begin("similarity", "FLOAT32", [1])
            reply.writer.key("data")
            reply.writer.array(CollectionOfOne(similarity))
            reply.bytes { $0.base64([similarity][...]) }
            reply.writer.endObject()
        }
    }

    /// What a sparse encoder says of a text.
    mutating func add(_ weights: [TokenWeight], keysAreIDs: Bool, named name: String?) {
        entry { reply in
            reply.writer.beginObject()
            if let name {
                reply.writer.key("name")
                reply.writer.value(name)
            }
            reply.writer.key("dataAsMap")
            reply.writer.beginObject()
            reply.writer.key("response")
            reply.writer.beginArray()
            reply.writer.beginObject()
            for weight in weights {
                reply.writer.key(keysAreIDs ? "\(weight.id)" : weight.token)
                reply.writer.value(weight.weight)
            }
            reply.writer.endObject()
            reply.writer.endArray()
            reply.writer.endObject()
            reply.writer.endObject()
        }
    }

    private mutating func entry(_ body: (inout PredictReply) -> Void) {
        writer.beginObject()
        writer.key("output")
        writer.beginArray()
        body(&self)
        writer.endArray()
        writer.endObject()
    }

    private mutating func begin(_ name: String, _ type: String, _ shape: [Int]) {
        writer.beginObject()
        writer.key("name")
        writer.value(name)
        writer.key("data_type")
        writer.value(type)
        writer.key("shape")
        writer.array(shape)
    }

    private mutating func bytes(_ write: (inout JSONWriter) -> Void) {
        writer.key("byte_buffer")
        writer.beginObject()
        writer.key("array")
        write(&writer)
        writer.key("order")
        writer.value("LITTLE_ENDIAN")
        writer.endObject()
    }

    private mutating func tensor(_ name: String, at position: Int, shape: [Int], _ values: [Float]) {
        guard filter.takes(name, at: position) else { return }
        begin(name, "FLOAT32", shape)
        if filter.numbers {
            writer.key("data")
            writer.array(values)
        }
        if filter.bytes { bytes { $0.base64(values[...]) } }
        writer.endObject()
    }

    private mutating func tensor(_ name: String, at position: Int, shape: [Int], _ values: [Int64]) {
        guard filter.takes(name, at: position) else { return }
        begin(name, "INT64", shape)
        if filter.numbers {
            writer.key("data")
            writer.array(values.map(Int.init))
        }
        if filter.bytes {
            // Two words of four bytes each, the low one first: the bytes are those of the integers.
            let words = values.flatMap { value in
                [
                    Float(bitPattern: UInt32(truncatingIfNeeded: value)),
                    Float(bitPattern: UInt32(truncatingIfNeeded: value >> 32)),
                ]
            }
            bytes { $0.base64(words[...]) }
        }
        writer.endObject()
    }
}

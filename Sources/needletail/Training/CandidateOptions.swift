import ArgumentParser
import Encoders
import NegativeMining
import Tensors

/// What searches a collection for candidates.
struct CandidateOptions: ParsableArguments {
    @Flag(name: .customLong("no-words"), help: "Do not search by words.")
    var leavesWordsOut = false

    @Option(help: ArgumentHelp("The analyser of the words: standard, english, german, ...", valueName: "name"))
    var analyzer = "standard"

    @Option(help: ArgumentHelp("A dense model that searches.", valueName: "model"), completion: .file())
    var embed: String?

    @Option(help: ArgumentHelp("A learned sparse model that searches.", valueName: "model"), completion: .file())
    var sparse: String?

    func validate() throws {
        try refuseEmpty(["--analyzer": analyzer, "--embed": embed, "--sparse": sparse])
        if leavesWordsOut, embed == nil, sparse == nil {
            throw ValidationError("Nothing searches: leave --no-words out, or give --embed or --sparse.")
        }
    }

    /// The models, loaded.
    struct LoadedEncoders {
        let dense: DenseEncoder?
        let sparse: SparseEncoder?
    }

    /// Loads the models.
    func encoders(_ options: EncoderOptions) throws -> LoadedEncoders {
        LoadedEncoders(
            dense: try embed.map { try DenseEncoder(path: ModelLocator.path(of: $0), options: options) },
            sparse: try sparse.map { try SparseEncoder(path: ModelLocator.path(of: $0), options: options) })
    }

    /// The searches over some documents.
    func sources(
        of documents: [String], _ encoders: LoadedEncoders, _ pool: WorkerPool, _ control: MiningControl
    ) throws -> [any CandidateSource] {
        var sources: [any CandidateSource] = []
        if !leavesWordsOut {
            sources.append(try BM25Source(documents: documents, analyzer: analyzer, pool: pool, control: control))
        }
        if let dense = encoders.dense {
            sources.append(try DenseSource(dense, documents: documents, pool: pool, control: control))
        }
        if let sparse = encoders.sparse {
            sources.append(try SparseSource(sparse, documents: documents, pool: pool, control: control))
        }
        return sources
    }
}

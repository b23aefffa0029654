import ArgumentParser
import TrainableEncoders

/// `needletail train cross-encoder`: fine-tune a cross-encoder, which reranks.
struct TrainCrossEncoder: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cross-encoder",
        abstract: "Fine-tune a cross-encoder, which reranks.",
        discussion: """
            Learns to score pairs: from labels, from lists, from documents that answer and others that do not, or from the scores of a larger model. \
            Evaluation reorders candidates: those of --evaluation-candidates, else the best by BM25.

            \(Train.settings)

            Examples:
              needletail train cross-encoder --model starter-cross-encoder --train mined.jsonl --output ./run
              needletail train cross-encoder --config train.yaml --teacher ./large-reranker --loss margin-mse
            """
    )

    @OptionGroup var options: TrainingOptions

    func run() throws {
        try TrainingRun(options, .crossEncoder).run()
    }
}

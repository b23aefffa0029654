import ArgumentParser
import TrainableEncoders

/// `needletail train sparse`: fine-tune a learned sparse encoder.
struct TrainSparse: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sparse",
        abstract: "Fine-tune a learned sparse encoder.",
        discussion: """
            Learns to rank as a dense encoder does, while a regulariser (FLOPS) keeps the vectors short: weights of few tokens, which an inverted index \
            finds quickly. With --inference-free true, queries need no network: their tokens have fixed weights.

            \(Train.settings)

            Examples:
              needletail train sparse --model ./splade --train pairs.jsonl --output ./run
              needletail train sparse --model ./opensearch-neural-sparse --train ./beir --inference-free true --output ./run --max-steps 2000
            """
    )

    @OptionGroup var options: TrainingOptions

    func run() throws {
        try TrainingRun(options, .sparse).run()
    }
}
